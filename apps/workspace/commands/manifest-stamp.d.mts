export function repositoryUrl(told: {
  argument?: string | undefined;
  environment: Readonly<Record<string, string | undefined>>;
  remote?: string | undefined;
}): string | undefined;
export function stampManifest(
  text: string,
  options: { url: string; directory: string; registry?: string | undefined; provenance?: boolean },
): string;
