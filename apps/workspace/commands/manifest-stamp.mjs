// Where a package comes from, written into its manifest when it is released: npm checks it against what vouches for the
// provenance, so only the place that releases can know it.

/**
 * The repository that a release is made from: said on the command line, or by the CI that runs it, or by git.
 *
 * @returns its address for browsers, such as `https://github.com/somebody/ws`; `undefined` where nobody knows
 */
export function repositoryUrl({ argument, environment, remote }) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: path, CI_PROJECT_URL: gitlab } = environment;
  const known = argument ?? (server && path ? `${server}/${path}` : gitlab) ?? remote;
  if (!known) return undefined;
  // git@host:owner/name.git, ssh://git@host/owner/name.git and https://host/owner/name.git are the same place.
  const plain = known.replace(/^git@([^:/]+):/, "https://$1/").replace(/^ssh:\/\/(?:[^@/]+@)?/, "https://");
  const url = plain.replace(/\.git$/, "").replace(/\/$/, "");
  return /^https:\/\/[^/]+\/.+/.test(url) ? url : undefined;
}

/** The text of a manifest with the fields that lead to its source and, where one is given, to the registry it goes to. */
export function stampManifest(text, { url, directory, registry, provenance = true }) {
  const { license, ...manifest } = JSON.parse(text);
  const { name, version, description, keywords, ...rest } = manifest;
  const stamped = {
    name,
    version,
    description,
    keywords,
    homepage: `${url}/tree/HEAD/${directory}#readme`,
    bugs: `${url}/issues`,
    license,
    repository: { type: "git", url: `git+${url}.git`, directory },
    ...rest,
  };
  if (registry !== undefined) stamped.publishConfig = { ...stamped.publishConfig, registry };
  if (!provenance) stamped.publishConfig = { ...stamped.publishConfig, provenance: false };
  return `${JSON.stringify(stamped, undefined, 2)}\n`;
}
