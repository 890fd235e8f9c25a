// Audits a GraphQL server over HTTP; prints one JSON object: the counts, and what is not ok.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
const counts = {};
for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
const wrong = results
  .filter(({ status }) => status !== "ok")
  .map(({ id, name, status, reason }) => ({ id, name, status, reason }));
console.log(JSON.stringify({ total: results.length, counts, wrong }));
