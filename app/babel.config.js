module.exports = (api) => {
  api.cache(true);
  // No part uses worklets; the preset would else run their plugin over every file, because expo-router brings the package.
  return { presets: [['babel-preset-expo', { worklets: false, reanimated: false }]] };
};
