import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// `vite` serves the page on http://localhost:5173 and passes queries to a gateway: `go run .` in the project's root.
// The page is empty without its script, so nothing is painted before the script runs: the first paint has the chosen theme.
const unpainted = { name: 'unpainted', transformIndexHtml: { order: 'post' as const, handler: (html: string) => html.replace('<script type="module"', '<script type="module" blocking="render"') } }

export default defineConfig({
  plugins: [react(), unpainted],
  server: { proxy: { '/graphql': process.env.GATEWAY ?? 'http://127.0.0.1:8080' } },
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
})
