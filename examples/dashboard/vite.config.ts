import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// `vite` serves the page on http://localhost:5173 and passes queries to a gateway: `go run .` in the project's root.
export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/graphql': process.env.GATEWAY ?? 'http://127.0.0.1:8080' } },
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
})
