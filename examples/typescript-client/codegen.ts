import type { CodegenConfig } from '@graphql-codegen/cli'

const config: CodegenConfig = {
  schema: '../../schema.graphqls',
  documents: 'src/*.ts',
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { documentMode: 'string', enumsAsTypes: true, useTypeImports: true, importExtension: '.js', scalars: { ID: 'string', DateTime: 'string', BigInt: 'number' } },
    },
  },
}
export default config
