import { defineConfig } from 'vite'
import relay from 'vite-plugin-relay'

export default defineConfig({ plugins: [relay], esbuild: { jsx: 'automatic' }, server: { proxy: { '/graphql': process.env.GATEWAY ?? 'http://127.0.0.1:8080' } } })
