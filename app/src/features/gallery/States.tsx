import { View } from 'react-native';
import { useTranslation } from 'react-i18next';

import { ApiError } from '@/api/client';
import { Banner, Card, ConflictPanel, EmptyState, ErrorState, Progress, UpgradeState } from '@/ui';

const broken = new ApiError({ status: 500, code: 'internal', request_id: '01j9z3k4m5n6p7q8r9s0t1v2w3' });
const offline = new ApiError({ status: 0, code: 'offline' });

export function States() {
  const { t } = useTranslation();
  return (
    <View style={{ gap: 16 }}>
      <Banner text={t('ui:offline.bar')} tone="warning" action={{ label: t('common:retry') }} />
      <Banner text={t('common:saved')} tone="success" />
      <Banner text={t('ui:error.serverShort')} tone="danger" />
      <Banner text={t('shell:keys.lettersHint')} />
      <Card>
        <EmptyState icon="account-group-outline" title={t('shell:new.customer')} body={t('shell:search.placeholder')} action={{ label: t('shell:new.import'), onPress: () => {} }} />
      </Card>
      <Card>
        <ErrorState error={broken} onRetry={() => {}} />
      </Card>
      <Card>
        <ErrorState error={offline} onRetry={() => {}} />
      </Card>
      <Card>
        <UpgradeState feature={t('shell:new.import')} plan={t('ui:plan.pro')} price="¥98" canBuy={false} sample={<Progress value={0.6} label={t('shell:nav.tasks')} />} />
      </Card>
      <ConflictPanel
        who="陈晨"
        when="10:42"
        mine={{ name: '云帆科技', phone: '138 0013 8000' }}
        theirs={{ name: '云帆科技有限公司', phone: null }}
        fields={[
          { key: 'name', label: t('shell:nav.customers') },
          { key: 'phone', label: t('shell:search.label') },
        ]}
        onResolve={() => {}}
      />
    </View>
  );
}
