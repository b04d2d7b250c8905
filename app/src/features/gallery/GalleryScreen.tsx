import { useState } from 'react';
import { ScrollView, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { currentLanguage, languageNames, languages, setLanguage } from '@/i18n';
import { ThemeProvider, useTheme } from '@/theme/theme';
import type { Scheme } from '@/theme/tokens';
import { Button, Chip, Row, useWidth } from '@/ui';

import { Actions } from './Actions';
import { Fields } from './Fields';
import { Lists } from './Lists';
import { Overlays } from './Overlays';
import { States } from './States';
import { Typography } from './Typography';

const parts = { Typography, Actions, Fields, Lists, Overlays, States };
type Part = keyof typeof parts;

/** Every part in both themes, side by side where there is room, and in either language. */
export function GalleryScreen() {
  useTranslation(); // to follow the language
  const [schemes, setSchemes] = useState<Scheme[]>(['light', 'dark']);
  const [part, setPart] = useState<Part | null>(null);
  const wide = useWidth() === 'desktop';
  return (
    <View style={{ flex: 1 }}>
      <Row wrap style={{ padding: 8 }}>
        {languages.map((language) => (
          <Chip key={language} label={languageNames[language]} selected={language === currentLanguage()} onPress={() => setLanguage(language)} />
        ))}
        {(['light', 'dark'] as const).map((scheme) => (
          <Button key={scheme} size="small" label={scheme} onPress={() => setSchemes(schemes.length === 2 ? [scheme] : ['light', 'dark'])} testID={`scheme-${scheme}`} />
        ))}
        {(Object.keys(parts) as Part[]).map((name) => (
          <Chip key={name} label={name} selected={part === name} onPress={() => setPart(part === name ? null : name)} testID={`part-${name}`} />
        ))}
      </Row>
      <View style={{ flex: 1, flexDirection: wide ? 'row' : 'column' }}>
        {schemes.map((scheme) => (
          <ThemeProvider key={scheme} scheme={scheme}>
            <Pane parts={part ? [part] : (Object.keys(parts) as Part[])} />
          </ThemeProvider>
        ))}
      </View>
    </View>
  );
}

function Pane({ parts: names }: { parts: Part[] }) {
  const { colors } = useTheme();
  return (
    <ScrollView style={{ flex: 1, backgroundColor: colors.background }} contentContainerStyle={{ padding: 16, gap: 16 }}>
      {names.map((name) => {
        const Part = parts[name];
        return <Part key={name} />;
      })}
    </ScrollView>
  );
}
