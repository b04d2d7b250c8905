const { getDefaultConfig } = require('expo/metro-config');

const config = getDefaultConfig(__dirname);

// The values of EXPO_PUBLIC_* are written into the code. Metro's cache does not know them: without this a build would get
// the code of one that was made with other values.
const settings = Object.entries(process.env).filter(([name]) => name.startsWith('EXPO_PUBLIC_'));
config.cacheVersion = JSON.stringify(settings.sort());

module.exports = config;
