// The page: GraphiQL for the gateway's endpoint, with the explorer and history plugins.
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { config, endpoint } from './config.js';
import { Credentials, withCredentials } from './credentials.jsx';
import { keepsHeaders, storage } from './storage.js';
import { renew, tabs } from './tabs.js';
import './page.css';

// Monaco requests its workers by label, as soon as an editor is created. So this is set before rendering.
globalThis.MonacoEnvironment = {
  getWorker(_, label) {
    return new Worker(config.workers[label] ?? config.workers.editor, { name: label, type: 'module' });
  },
};

renew();

// The header requests extensions.census, the cost of the answer in Census calls.
// Subscriptions use graphql-ws, with the headers of the editor as connection parameters.
const fetcher = withCredentials(createGraphiQLFetcher({
  url: endpoint.href,
  subscriptionUrl: endpoint.href.replace(/^http/, 'ws'),
  headers: { 'X-Census-Cost': '1' },
}));

const plugins = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

// Without a chosen theme, style sheets always follow the system, but editors only do so at the start.
function FollowSystem() {
  const theme = useGraphiQL(state => state.theme);
  const { setTheme } = useGraphiQLActions();
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => theme === null && setTheme(null);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, [theme, setTheme]);
  return null;
}

createRoot(document.getElementById('root')).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={plugins}
    storage={storage}
    defaultTabs={tabs}
    schemaDescription
    defaultEditorToolsVisibility
    shouldPersistHeaders={keepsHeaders()}
    showPersistHeadersSettings
  >
    <GraphiQL.Logo>{document.title}</GraphiQL.Logo>
    <FollowSystem />
    <Credentials />
  </GraphiQL>,
);
