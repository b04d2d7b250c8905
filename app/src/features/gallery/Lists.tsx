import { useState } from 'react';
import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/i18n/format';
import { Card, Progress, Row, Skeleton, StageChip, Table, Text, Timeline } from '@/ui';

const names = ['云帆科技', '华信软件', '星河教育', '嘉禾食品', 'Northwind Traders', '海蓝物流', '青禾医疗', 'Acme'];
const stages = ['potential', 'interested', 'won', 'lost'] as const;

type Sample = { id: string; name: string; stage: (typeof stages)[number]; amount: number; at: string };

const rows: Sample[] = Array.from({ length: 200 }, (_, index) => ({
  id: String(index),
  name: `${names[index % names.length]} ${index + 1}`,
  stage: stages[index % 4] ?? 'potential',
  amount: (index * 7_919_000) % 90_000_000,
  at: new Date(Date.now() - index * 5 * 3600_000).toISOString(),
}));

export function Lists() {
  const { t } = useTranslation();
  const { money, relative, timeZone, date } = useFormat();
  const [selected, setSelected] = useState(new Set<string>(['1']));
  const [sort, setSort] = useState('name');
  return (
    <>
      <View style={{ height: 360 }}>
        <Table
          name="gallery"
          label={t('common:appName')}
          rows={rows}
          rowKey={(row) => row.id}
          rowName={(row) => row.name}
          href={(row) => `/gallery?row=${row.id}`}
          selected={selected}
          onSelect={setSelected}
          sort={sort}
          onSort={setSort}
          columns={[
            {
              key: 'name',
              title: t('shell:nav.customers'),
              sort: 'name',
              width: 200,
              render: (row) => (
                <Text strong lines={1}>
                  {row.name}
                </Text>
              ),
            },
            { key: 'stage', title: t('common:stage.potential'), render: (row) => <StageChip stage={row.stage} /> },
            {
              key: 'at',
              title: t('common:time.today'),
              sort: 'at',
              hideable: true,
              render: (row) => (
                <Text tone="muted" lines={1}>
                  {relative(row.at)}
                </Text>
              ),
            },
            { key: 'amount', title: t('common:stage.won'), align: 'right', sort: 'amount', hideable: true, render: (row) => <Text tabular>{money(row.amount)}</Text> },
          ]}
          card={(row) => (
            <View>
              <Row justify="space-between">
                <Text strong>{row.name}</Text>
                <StageChip stage={row.stage} />
              </Row>
              <Text variant="label" tone="muted">
                {relative(row.at)} · {money(row.amount, 'CNY', { compact: true })}
              </Text>
            </View>
          )}
        />
      </View>
      <Card title="Timeline">
        <Timeline
          scroll={false}
          items={rows.slice(0, 8)}
          timeZone={timeZone}
          date={(row) => row.at}
          render={(row) => (
            <Text>
              {date(row.at, 'time')} {row.name}
            </Text>
          )}
        />
      </Card>
      <Card title="Progress">
        <Progress value={0.42} label={t('shell:new.import')} />
        <Skeleton lines={3} />
      </Card>
    </>
  );
}
