/** How the scanner is built: one page, one service worker, one decoder, nothing from elsewhere. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin, type Rolldown } from "vite";

const PUBLIC = join(import.meta.dirname, "public");
/** What opens the scanner on a bad line: all scripts but the decoder, which comes behind. */
const SCRIPT_BYTES_MAX = 60_000;
const WORTH_PACKING = /\.(js|css|wasm)$/;

type Output = Rolldown.OutputChunk | Rolldown.OutputAsset;

/** Write the list of all files, and a version made of their contents, into the service worker. */
function shell(): Plugin {
  return {
    name: "points-shell",
    enforce: "post",
    generateBundle: {
      // After all others: some still write into scripts that load others later.
      order: "post",
      handler(_, bundle) {
        const files = [...Object.values(bundle), ...publicFiles()]
          .filter(({ fileName }) => fileName !== "sw.js")
          .map((output) => ({ name: output.fileName, hash: hashOf(contentOf(output)) }))
          .sort((one, other) => (one.name < other.name ? -1 : 1));
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk" || worker.imports.length > 0) {
          this.error("sw.js must be one script that imports nothing");
        }
        const written = {
          version: hashOf(worker.code + JSON.stringify(files)).slice(0, 16),
          files: files.map(({ name }) => (name === "index.html" ? "./" : name)),
        };
        worker.code = worker.code.replaceAll("__SHELL__", JSON.stringify(written));
      },
    },
  };
}

/** Pack what is worth it, and refuse to build what takes too long to open on a bad line. */
function packed(): Plugin {
  return {
    name: "points-packed",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        let scriptBytes = 0;
        for (const output of Object.values(bundle)) {
          if (!WORTH_PACKING.test(output.fileName) || output.fileName === "sw.js") continue;
          const source = gzipSync(contentOf(output), { level: 9 });
          if (output.fileName.endsWith(".js") && !output.fileName.includes("decode-")) {
            scriptBytes += source.length;
          }
          this.emitFile({ type: "asset", fileName: `${output.fileName}.gz`, source });
        }
        this.info(`${scriptBytes} bytes of script before the decoder, of ${SCRIPT_BYTES_MAX}`);
        if (scriptBytes > SCRIPT_BYTES_MAX) {
          this.error(`${scriptBytes} bytes of script are more than ${SCRIPT_BYTES_MAX}`);
        }
      },
    },
  };
}

interface PublicFile {
  readonly fileName: string;
  readonly source: Uint8Array;
}

/** Vite copies these by itself and shows them to no plugin. */
function publicFiles(): PublicFile[] {
  return readdirSync(PUBLIC, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      fileName: path.slice(PUBLIC.length + 1).replaceAll("\\", "/"),
      source: readFileSync(path),
    }));
}

function contentOf(output: Output | PublicFile): string | Uint8Array {
  return "code" in output ? output.code : output.source;
}

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

export default defineConfig({
  // Whatever address a proxy serves it under.
  base: "./",
  plugins: [shell(), packed()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    target: ["chrome100", "safari15.4", "firefox114"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: "index.html", sw: "src/workers/shell.ts" },
      output: {
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
