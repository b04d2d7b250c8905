package plugins_test

import (
	"context"
	"testing"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/dingtalk"
	"github.com/guanxi-crm/guanxi/plugins/feishu"
	"github.com/guanxi-crm/guanxi/plugins/webhook"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// store is an installation with one company of each name, as the edge would use it.
type store struct {
	*tenanttest.Installation
	t            testing.TB
	acme, globex *tenanttest.Company
	rules        plugins.Rules
}

func newStore(t testing.TB) *store {
	t.Helper()
	guard := plugins.Guard{}
	connectors, err := plugins.NewConnectors(webhook.New(guard), dingtalk.New(dingtalk.Options{}), feishu.New(feishu.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	i := tenanttest.Open(t)
	return &store{
		Installation: i, t: t, acme: i.Company(t, "acme"), globex: i.Company(t, "globex"),
		rules: plugins.Rules{Known: []string{"customer.created", "customer.updated", "task.due"}, Guard: guard, Connectors: connectors},
	}
}

// as runs fn in acme for its admin, whose plan allows the given number of endpoints and of bots.
func (s *store) as(limit int64, fn func(*tenant.Tx) error) error {
	caller := s.acme.As(s.acme.Admin, tenant.LevelAll)
	caller.Limits = map[tenant.Quota]int64{"webhook_endpoints": limit, "bots": limit}
	return s.Tx(context.Background(), s.acme.Company, caller, fn)
}

// must is as for what has to work.
func (s *store) must(fn func(*tenant.Tx) error) {
	s.t.Helper()
	if err := s.as(100, fn); err != nil {
		s.t.Fatal(err)
	}
}

func (s *store) endpoint(types ...string) (e plugins.EndpointWithSecret) {
	s.t.Helper()
	s.must(func(tx *tenant.Tx) (err error) {
		e, err = plugins.CreateEndpoint(context.Background(), tx, plugins.NewEndpoint{URL: "https://example.com/hooks", EventTypes: types}, s.rules)
		return err
	})
	return e
}

// robot is a DingTalk robot's settings.
func robot() map[string]any {
	return map[string]any{"webhook_url": "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef0123456789abcdef", "secret": "SEC0123456789abcdef"}
}

func (s *store) install(types ...string) (i plugins.Install) {
	s.t.Helper()
	s.must(func(tx *tenant.Tx) (err error) {
		i, err = plugins.CreateInstall(context.Background(), tx, plugins.NewInstall{Vendor: "dingtalk", Name: "sales", Settings: robot(), EventTypes: types}, s.rules)
		return err
	})
	return i
}

// relay plans all changes that were not planned before, as the worker does.
func (s *store) relay() {
	s.t.Helper()
	cluster, err := s.Cluster(context.Background(), "main")
	if err != nil {
		s.t.Fatal(err)
	}
	lease := cluster.Lease("relay", "test", 1<<40)
	if held, err := lease.Take(context.Background()); err != nil || !held {
		s.t.Fatal("lease", held, err)
	}
	for n := 1; n > 0; {
		n, err = cluster.Relay(context.Background(), lease, s.acme.Company, func(tx *tenant.Tx, changes []tenant.Change) error {
			return plugins.Plan(context.Background(), tx, changes)
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *store) emit(eventType string, n int) {
	s.t.Helper()
	s.must(func(tx *tenant.Tx) error {
		for range n {
			if err := tx.Emit(context.Background(), tenant.Event{
				Type: eventType, Resource: "customer", Record: tenant.RecordID(tenant.NewMemberID()), Data: map[string]string{"name": "云帆"},
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *store) deliveries(in plugins.DeliveryQuery) (page []plugins.DeliveryRecord, more bool) {
	s.t.Helper()
	if in.Limit == 0 {
		in.Limit = 200
	}
	s.must(func(tx *tenant.Tx) (err error) {
		page, more, err = plugins.ListDeliveries(context.Background(), tx.Query, in)
		return err
	})
	return page, more
}
