// The example tabs, with times and the time zone of this browser in their variables.
import { config } from './config.js';
import { storage } from './storage.js';

export const tabs = config.tabs.map(tab => ({ ...tab, variables: tab.variables && fill(tab.variables) }));

function fill(variables) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC';
  return variables.replace(/<(\d+) days? ago>/g, (_, days) => dayBegan(days)).replace('<time zone>', zone);
}

function dayBegan(daysAgo) {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - daysAgo);
  return day.toISOString();
}

// renew updates the dates in example tabs that GraphiQL stored on an earlier visit, if their query and variables were
// not edited.
export function renew() {
  const before = JSON.parse(storage.getItem('examples') ?? '{}');
  const now = Object.fromEntries(tabs.map(tab => [tab.query, tab.variables]));
  const renewed = (query, variables) => (variables && variables === before[query] ? now[query] : variables);

  const kept = JSON.parse(storage.getItem('graphiql:tabState') ?? 'null');
  if (kept?.tabs) {
    kept.tabs.forEach(tab => (tab.variables = renewed(tab.query, tab.variables) ?? null));
    storage.setItem('graphiql:tabState', JSON.stringify(kept));
    const variables = storage.getItem('graphiql:variables');
    if (variables !== null) {
      storage.setItem('graphiql:variables', renewed(storage.getItem('graphiql:query'), variables) ?? '');
    }
  }
  storage.setItem('examples', JSON.stringify(now));
}
