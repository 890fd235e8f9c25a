// Nothing is kept: a PIN or a password may have been typed into a variable or a header.
const nowhere = {
  length: 0,
  clear() {},
  getItem() {
    return null;
  },
  key() {
    return null;
  },
  removeItem() {},
  setItem() {},
};

const fetcher = GraphiQL.createFetcher({ url: "/graphql" });

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher,
    storage: nowhere,
    maxHistoryLength: 0,
    shouldPersistHeaders: false,
    defaultQuery: "{\n  viewer {\n    username\n    roles {\n      roleLabel\n    }\n  }\n}\n",
  }),
);
