// Stores GraphiQL's tabs and history in localStorage, with a prefix for this page (other GraphiQLs
// on localhost share the origin), and without request headers unless the user has chosen to keep them.
// GraphiQL leaves headers out of saved tabs, but its history plugin saves them, tokens included.
import { folder } from './config.js';

const own = 'census-gateway' + folder;
const keepHeaders = 'graphiql:shouldPersistHeaders';
const history = ['graphiql:queries', 'graphiql:favorites'];

export const storage = {
  getItem: key => localStorage.getItem(own + key),
  removeItem: key => localStorage.removeItem(own + key),
  setItem(key, value) {
    localStorage.setItem(own + key, history.includes(key) && !keepsHeaders() ? withoutHeaders(value) : value);
    if (key === keepHeaders && !keepsHeaders()) {
      forgetHeaders();
    }
  },
  get length() {
    return keys().length;
  },
  clear: () => keys().forEach(key => localStorage.removeItem(key)),
};

// keepsHeaders reports whether the user has chosen in the settings to keep headers; false by default.
export const keepsHeaders = () => storage.getItem(keepHeaders) === 'true';

function forgetHeaders() {
  for (const key of history) {
    const value = storage.getItem(key);
    if (value !== null) {
      storage.setItem(key, value);
    }
  }
}

const keys = () => Object.keys(localStorage).filter(key => key.startsWith(own));

const withoutHeaders = json => JSON.stringify(JSON.parse(json), (key, value) => (key === 'headers' ? undefined : value));
