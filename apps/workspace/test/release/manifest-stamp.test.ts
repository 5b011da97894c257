import { describe, expect, it } from "vitest";
import { repositoryUrl, stampManifest } from "../../commands/manifest-stamp.mjs";

const URL = "https://git.example/somebody/stack";

describe("release › where the source is", () => {
  it.each([
    ["the command line", { argument: URL, environment: { CI_PROJECT_URL: "https://other.example/x/y" } }],
    [
      "GitHub",
      { environment: { GITHUB_SERVER_URL: "https://git.example", GITHUB_REPOSITORY: "somebody/stack" } },
    ],
    ["GitLab", { environment: { CI_PROJECT_URL: URL } }],
    ["git, over https", { environment: {}, remote: `${URL}.git` }],
    ["git, over ssh", { environment: {}, remote: "git@git.example:somebody/stack.git" }],
    ["git, over ssh with a scheme", { environment: {}, remote: "ssh://git@git.example/somebody/stack.git" }],
  ])("is said by %s", (_who, told) => {
    expect(repositoryUrl(told)).toBe(URL);
  });

  it.each(["", "/srv/git/stack", "../stack", "file:///srv/git/stack"])("is not known from %j", (remote) => {
    expect(repositoryUrl({ environment: {}, remote })).toBeUndefined();
  });
});

describe("release › stamped manifests", () => {
  const text = JSON.stringify({
    name: "@ws/frame",
    version: "1.2.3",
    description: "frames",
    keywords: ["websocket"],
    license: "MIT",
    publishConfig: { access: "public", provenance: true },
    engines: { node: ">=20.19" },
  });

  it("lead to the source, and lose nothing", () => {
    const stamped = JSON.parse(stampManifest(text, { url: URL, directory: "packages/frame" })) as object;
    expect(stamped).toEqual({
      ...(JSON.parse(text) as object),
      homepage: `${URL}/tree/HEAD/packages/frame#readme`,
      bugs: `${URL}/issues`,
      repository: { type: "git", url: `git+${URL}.git`, directory: "packages/frame" },
    });
  });

  it("promise no provenance where nobody can vouch for it", () => {
    const options = { url: URL, directory: "packages/frame", provenance: false };
    expect(JSON.parse(stampManifest(text, options))).toMatchObject({
      publishConfig: { access: "public", provenance: false },
    });
  });

  it("name the registry that they go to (a rehearsal that told the environment went to npm's)", () => {
    const registry = "http://127.0.0.1:4873/";
    expect(
      JSON.parse(stampManifest(text, { url: URL, directory: "packages/frame", registry })),
    ).toMatchObject({
      publishConfig: { access: "public", provenance: true, registry },
    });
  });
});
