/* global jest */

// The client's own address is relative in a browser; Node's Request wants a whole one.
process.env.EXPO_PUBLIC_API_URL = 'http://api.test';

jest.mock('@react-native-async-storage/async-storage', () =>
  require('@react-native-async-storage/async-storage/jest/async-storage-mock'),
);

jest.mock('expo-secure-store', () => {
  const kept = new Map();
  return {
    AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: 0,
    getItemAsync: async (key) => kept.get(key) ?? null,
    setItemAsync: async (key, value) => void kept.set(key, value),
    deleteItemAsync: async (key) => void kept.delete(key),
  };
});
