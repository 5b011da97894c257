import { brotliCompressSync, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const COMPRESSIBLE = /\.(?:css|html|js|svg)$/;

/** Writes each file compressed beside itself, so that the server compresses nothing while people wait. */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          if (!COMPRESSIBLE.test(fileName)) continue;
          const source = Buffer.from(file.type === "chunk" ? file.code : file.source);
          this.emitFile({
            type: "asset",
            fileName: `${fileName}.gz`,
            source: gzipSync(source, { level: 9 }),
          });
          this.emitFile({ type: "asset", fileName: `${fileName}.br`, source: brotliCompressSync(source) });
        }
      },
    },
  };
}

export default defineConfig({
  root: "src/web",
  plugins: [precompress()],
  build: {
    outDir: "../../dist/web",
    emptyOutDir: true,
    target: "es2023",
    // Everything as files: the content security policy allows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    reportCompressedSize: false,
  },
  // The page with hot reload, over a chat that runs by `npm start`.
  server: {
    proxy: {
      "/api": "http://localhost:3000",
      "/files": "http://localhost:3000",
      "^/(?:ws|inspect|lab/(?:echo|agent).*)$": { target: "ws://localhost:3000", ws: true },
    },
  },
});
