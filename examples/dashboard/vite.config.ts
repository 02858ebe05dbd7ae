import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// `vite` serves the page on http://localhost:5173 and passes queries to a gateway: `go run .` in the project's root.
// Without its script the page shows nothing, so nothing is painted before that: the first picture has the reader's theme.
const unpainted = { name: 'unpainted', transformIndexHtml: { order: 'post' as const, handler: (html: string) => html.replace('<script type="module"', '<script type="module" blocking="render"') } }

export default defineConfig({
  plugins: [react(), unpainted],
  server: { proxy: { '/graphql': process.env.GATEWAY ?? 'http://127.0.0.1:8080' } },
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
})
