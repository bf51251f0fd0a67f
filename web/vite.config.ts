import { cpSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Lay the one web font under stable names, so that the style sheet and the preload link can name it. */
function copyFont(): Plugin {
  const files = here("./node_modules/@fontsource-variable/instrument-sans/files/");
  return {
    name: "copy-font",
    closeBundle() {
      mkdirSync(here("./dist/fonts"), { recursive: true });
      for (const subset of ["latin", "latin-ext"]) {
        cpSync(`${files}instrument-sans-${subset}-wght-normal.woff2`, here(`./dist/fonts/instrument-sans-${subset}.woff2`));
      }
    },
  };
}

// One entry per door: the pages are rendered by the server, an entry only wakes the islands it finds on the page.
export default defineConfig({
  base: "/static/",
  plugins: [vue(), copyFont()],
  // What the islands do not use of Vue and vue-i18n is left out.
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: false,
  },
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    target: "es2022",
    rollupOptions: { input: { storefront: here("./src/storefront.ts"), console: here("./src/console.ts") } },
  },
});
