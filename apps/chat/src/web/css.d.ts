// Styles that a module brings along: the bundler makes a file of them.
declare module "*.css";
