import java.io.File;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Iterator;
import javax.xml.crypto.*;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.*;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.*;

/** Validates every XML signature of each file in secure mode; prints "file id true|false", one a line. */
public class CheckSignatures {
    static final String[] WITH_ID = {
        "DU_LIEU_HOC_BA", "THONG_TIN_CHUNG", "DIEM_TONG_KET", "SignatureValue", "Object", "SignedProperties"
    };

    public static void main(String[] files) throws Exception {
        for (String file : files) {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            Document document = factory.newDocumentBuilder().parse(new File(file));
            NodeList signatures = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
            for (int i = 0; i < signatures.getLength(); i++) {
                Element signature = (Element) signatures.item(i);
                System.out.println(file + " " + signature.getAttribute("Id") + " " + isValid(document, signature));
            }
        }
    }

    static boolean isValid(Document document, Element element) {
        try {
            DOMValidateContext context = new DOMValidateContext(new CertificateSelector(), element);
            context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
            for (String name : WITH_ID) {
                NodeList nodes = document.getElementsByTagNameNS("*", name);
                for (int i = 0; i < nodes.getLength(); i++) {
                    Element node = (Element) nodes.item(i);
                    if (node.hasAttribute("Id")) context.setIdAttributeNS(node, null, "Id");
                }
            }
            XMLSignature signature = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
            return signature.validate(context);
        } catch (Exception refused) {
            System.err.println(refused);
            return false;
        }
    }

    static class CertificateSelector extends KeySelector {
        public KeySelectorResult select(KeyInfo info, Purpose purpose, AlgorithmMethod method, XMLCryptoContext context)
                throws KeySelectorException {
            for (Object content : info.getContent()) {
                if (!(content instanceof X509Data)) continue;
                for (Object item : ((X509Data) content).getContent()) {
                    if (item instanceof X509Certificate) {
                        PublicKey key = ((X509Certificate) item).getPublicKey();
                        return () -> key;
                    }
                }
            }
            throw new KeySelectorException("no certificate");
        }
    }
}
