/// <reference types="expo/types" />

// Metro writes the values in place; nothing else of Node's process exists.
declare const process: {
  env: {
    NODE_ENV: 'development' | 'production' | 'test';
    EXPO_OS: 'ios' | 'android' | 'web';
    EXPO_PUBLIC_API_URL?: string;
    EXPO_PUBLIC_GALLERY?: string;
  };
};
