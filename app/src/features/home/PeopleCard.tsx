import { useState } from 'react';
import { StyleSheet, View } from 'react-native';
import { useTranslation } from 'react-i18next';

import type { HomePerson } from '@/api/home';
import { themed } from '@/theme/theme';
import { Avatar, Button, Card, Press, Text, useWidth } from '@/ui';

import { listOfPerson, type PersonFigure } from './listOf';

const ROOM = 8;
const FIGURES = [
  { key: 'interactions', label: 'interactions' },
  { key: 'new_customers', label: 'newCustomers' },
  { key: 'wins', label: 'wins' },
  { key: 'overdue_tasks', label: 'overdueTasks' },
] as const satisfies { key: PersonFigure; label: string }[];

/** Everybody's day, those who have done nothing yet first. */
export function PeopleCard({ people, today }: { people: HomePerson[]; today: string }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const phone = useWidth() === 'phone';
  const [all, setAll] = useState(false);
  const shown = all ? people : people.slice(0, ROOM);
  return (
    <Card title={t('home:team.people')} testID="panel-people">
      <Text variant="caption" tone="muted">
        {people.length ? t('home:team.peopleHint') : t('home:team.noPeople')}
      </Text>
      {people.length > 0 && (
        // A phone has a card for each, which is no table.
        <View role={phone ? 'list' : 'table'} aria-label={t('home:team.people')}>
          {!phone && (
            <View role="row" style={styles.row}>
              <Text role="columnheader" variant="caption" tone="muted" style={styles.name}>
                {t('home:team.name')}
              </Text>
              {FIGURES.map(({ key, label }) => (
                <Text key={key} role="columnheader" variant="caption" tone="muted" style={styles.head}>
                  {t(`home:team.${label}`)}
                </Text>
              ))}
            </View>
          )}
          {shown.map((person) => (
            <PersonRow key={person.id} person={person} today={today} />
          ))}
        </View>
      )}
      {shown.length < people.length && (
        <Button kind="text" size="small" label={t('home:team.showAll', { count: people.length })} onPress={() => setAll(true)} />
      )}
    </Card>
  );
}

function PersonRow({ person, today }: { person: HomePerson; today: string }) {
  const { t } = useTranslation();
  const styles = useStyles();
  const phone = useWidth() === 'phone';
  const figures = FIGURES.map(({ key, label }) => (
    <View key={key} role={phone ? undefined : 'cell'} style={phone ? styles.fact : styles.cell}>
      <Press
        href={listOfPerson(person, key, today)}
        aria-label={`${person.name} ${t(`home:team.${label}`)} ${person[key]}`}
        style={phone ? styles.factLink : styles.link}
      >
        {phone && (
          <Text variant="caption" tone="muted">
            {t(`home:team.${label}`)}
          </Text>
        )}
        <Text tabular strong={person[key] > 0} tone={person[key] === 0 ? 'muted' : key === 'overdue_tasks' ? 'danger' : 'text'}>
          {String(person[key])}
        </Text>
      </Press>
    </View>
  ));
  const idle = person.interactions + person.new_customers + person.wins === 0;
  const who = (
    <View role={phone ? undefined : 'rowheader'} style={styles.name}>
      <Avatar name={person.name} size={28} />
      <View style={styles.text}>
        <Text strong lines={1}>
          {person.name}
        </Text>
        {idle && (
          <Text variant="caption" tone="warning" lines={1}>
            {t('home:team.nothing')}
          </Text>
        )}
      </View>
    </View>
  );
  if (phone) {
    return (
      <View role="listitem" style={styles.card} testID={`row-${person.id}`}>
        {who}
        <View style={styles.facts}>{figures}</View>
      </View>
    );
  }
  return (
    <View role="row" style={[styles.row, styles.divided]} testID={`row-${person.id}`}>
      {who}
      {figures}
    </View>
  );
}

const useStyles = themed(({ colors, radius, size, space }) =>
  StyleSheet.create({
    row: { flexDirection: 'row', alignItems: 'center', minHeight: size.row },
    divided: { borderTopWidth: 1, borderTopColor: colors.divider, paddingVertical: space.xs },
    name: { flex: 1, minWidth: 0, flexDirection: 'row', alignItems: 'center', gap: space.s },
    text: { flexShrink: 1, minWidth: 0 },
    head: { width: 88, textAlign: 'right', paddingRight: space.s },
    cell: { width: 88 },
    link: { alignItems: 'flex-end', justifyContent: 'center', minHeight: 32, paddingRight: space.s, borderRadius: radius.control },
    card: { gap: space.xs, paddingVertical: space.s, borderTopWidth: 1, borderTopColor: colors.divider },
    facts: { flexDirection: 'row' },
    fact: { flex: 1 },
    factLink: { minHeight: 48, justifyContent: 'center', borderRadius: radius.control },
  }),
);
