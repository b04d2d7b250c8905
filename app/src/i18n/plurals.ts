/**
 * Hermes has no Intl.PluralRules, without which i18next asks for English plurals in every language. This knows what the
 * client's two languages need: Chinese has one form, English tells one from the rest.
 */
class PluralRules {
  private readonly english: boolean;

  constructor(locale?: string) {
    this.english = !locale?.startsWith('zh');
  }

  select(count: number): Intl.LDMLPluralRule {
    return this.english && count === 1 ? 'one' : 'other';
  }

  resolvedOptions() {
    return { pluralCategories: this.english ? ['one', 'other'] : ['other'] };
  }
}

if (typeof Intl !== 'undefined' && !('PluralRules' in Intl)) {
  Object.assign(Intl, { PluralRules });
}

export { PluralRules };
