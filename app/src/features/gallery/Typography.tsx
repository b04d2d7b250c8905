import { useFormat } from '@/i18n/format';
import { Avatar, Badge, Card, Divider, Icon, Row, Section, StageChip, Text } from '@/ui';

const icons = ['home-outline', 'account-group-outline', 'checkbox-marked-circle-outline', 'phone', 'wechat', 'bell-outline', 'cog-outline', 'star-outline', 'tag-outline'] as const;

export function Typography() {
  const { date, relative, money, number, phone } = useFormat();
  const now = new Date();
  return (
    <Card title="Typography">
      <Text variant="figure" tabular>
        1,204
      </Text>
      <Text variant="title">云帆科技 Yunfan</Text>
      <Text variant="section">华信软件 Huaxin</Text>
      <Text>王志强说价格可以，想先试用两周。 Price agreed, wants a trial.</Text>
      <Text strong>嘉禾食品 Jiahe</Text>
      <Text variant="label">负责人 Owner</Text>
      <Text variant="caption" tone="muted">
        {date(now, 'longTime')} · {relative(new Date(now.getTime() - 3 * 3600_000))}
      </Text>
      <Row wrap>
        {(['text', 'muted', 'primary', 'danger', 'warning', 'success'] as const).map((tone) => (
          <Text key={tone} tone={tone}>
            {tone}
          </Text>
        ))}
      </Row>
      <Text tabular>
        {[money(28_500_000), money(28_500_000, 'CNY', { compact: true }), number(1204), phone('+8613800138000')].join(' · ')}
      </Text>
      <Divider />
      <Section title="Marks">
        <Row wrap>
          {icons.map((name) => (
            <Icon key={name} name={name} />
          ))}
          <Avatar name="王志强" />
          <Avatar name="陈晨" />
          <Avatar name="Ada Lovelace" />
          <Badge count={3} />
          <Badge count={120} />
        </Row>
        <Row wrap>
          {(['potential', 'interested', 'won', 'lost'] as const).map((stage) => (
            <StageChip key={stage} stage={stage} />
          ))}
        </Row>
      </Section>
    </Card>
  );
}
