package tenant_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

const read tenant.Permission = "customer:read"

func TestScope(t *testing.T) {
	me, other, stranger := tenant.NewMemberID(), tenant.NewMemberID(), tenant.NewMemberID()
	team := []tenant.MemberID{me, other}
	caller := func(level tenant.Level) *tenant.Caller {
		return &tenant.Caller{Kind: tenant.ByMember, Member: me, Team: team, Levels: map[tenant.Permission]tenant.Level{read: level}}
	}
	shared := func(c *tenant.Caller) *tenant.Caller { c.Shared = true; return c }
	for _, c := range []struct {
		name                           string
		caller                         *tenant.Caller
		where                          string
		args                           []any
		me, other, stranger, none, may bool
	}{
		{name: "nobody", caller: &tenant.Caller{}, where: "1=0"},
		{name: "none", caller: caller(tenant.LevelNone), where: "1=0"},
		{name: "unknown level", caller: caller(9), where: "1=0", may: true},
		{name: "own", caller: caller(tenant.LevelOwn), where: "c.owner_id = ?", args: []any{me}, me: true, may: true},
		{name: "team", caller: caller(tenant.LevelTeam), where: "c.owner_id IN (?,?)", args: []any{me, other}, me: true, other: true, may: true},
		{name: "all", caller: caller(tenant.LevelAll), where: "1=1", me: true, other: true, stranger: true, none: true, may: true},
		{name: "system", caller: ptr(tenant.System()), where: "1=1", me: true, other: true, stranger: true, none: true, may: true},
		{name: "nobody's own", caller: &tenant.Caller{Levels: map[tenant.Permission]tenant.Level{read: tenant.LevelOwn}}, where: "1=0", may: true},
		{name: "own and shared", caller: shared(caller(tenant.LevelOwn)), me: true, may: true, args: []any{me, me},
			where: "(c.owner_id = ? OR c.id IN (SELECT customer_id FROM company.collaborators WHERE member_id = ?))"},
		{name: "team and shared", caller: shared(caller(tenant.LevelTeam)), me: true, other: true, may: true, args: []any{me, other, me},
			where: "(c.owner_id IN (?,?) OR c.id IN (SELECT customer_id FROM company.collaborators WHERE member_id = ?))"},
		{name: "all and shared", caller: shared(caller(tenant.LevelAll)), where: "1=1", me: true, other: true, stranger: true, none: true, may: true},
		{name: "none and shared", caller: shared(caller(tenant.LevelNone)), where: "1=0"},
		{name: "unknown level and shared", caller: shared(caller(9)), where: "1=0", may: true},
		{name: "a team of one", caller: &tenant.Caller{Member: me, Team: team[:1], Levels: map[tenant.Permission]tenant.Level{read: tenant.LevelTeam}},
			where: "c.owner_id = ?", args: []any{me}, me: true, may: true},
	} {
		s := c.caller.Scope(read)
		where, args := s.Where("c.owner_id", "c.id")
		if where != c.where || !cmp.Equal(args, c.args) {
			t.Errorf("%s: got %s %v, want %s %v", c.name, where, args, c.where, c.args)
		}
		if got := []bool{s.Includes(me), s.Includes(other), s.Includes(stranger), s.Includes(tenant.MemberID{}), c.caller.May(read)}; !cmp.Equal(got, []bool{c.me, c.other, c.stranger, c.none, c.may}) {
			t.Errorf("%s: includes %v", c.name, got)
		}
		if c.caller.Kind != tenant.BySystem && c.caller.May("customer:delete") {
			t.Errorf("%s: may do what no rule allows", c.name)
		}
	}
	sharing := shared(caller(tenant.LevelOwn))
	sharing.Levels = map[tenant.Permission]tenant.Level{read: tenant.LevelOwn, "customer:update": tenant.LevelOwn, "customer:delete": tenant.LevelOwn}
	for permission, want := range map[tenant.Permission]string{
		"customer:update": "(owner_id = ? OR id IN (SELECT customer_id FROM company.collaborators WHERE member_id = ? AND may_write = 1))",
		"customer:delete": "owner_id = ?",
	} {
		if got, _ := sharing.Scope(permission).Where("owner_id", "id"); got != want {
			t.Errorf("%s of what is shared: %s, want %s", permission, got, want)
		}
	}
	if where, _ := sharing.Scope(read).Where("owner_id", ""); where != "owner_id = ?" {
		t.Errorf("what has no customer is shared: %s", where)
	}
	own, all := caller(tenant.LevelOwn).Scope(read), caller(tenant.LevelAll).Scope(read)
	if own.Fingerprint() == all.Fingerprint() || own.Fingerprint() == caller(tenant.LevelTeam).Scope(read).Fingerprint() || own.Level() != tenant.LevelOwn ||
		own.Fingerprint() == sharing.Scope(read).Fingerprint() || !own.IsOneMember() || sharing.Scope(read).IsOneMember() || all.IsOneMember() {
		t.Errorf("fingerprints: %s, %s", own.Fingerprint(), all.Fingerprint())
	}
}

func TestLevels(t *testing.T) {
	for _, name := range []string{"none", "own", "team", "all"} {
		if got := tenant.ParseLevel(name).String(); got != name {
			t.Errorf("%s: got %s", name, got)
		}
	}
	for _, name := range []string{"", "everything", "ALL"} {
		if got := tenant.ParseLevel(name); got != tenant.LevelNone {
			t.Errorf("%q: got %s, want none", name, got)
		}
	}
	if got := tenant.Level(9).String(); got != "none" {
		t.Errorf("got %s", got)
	}
	if read.Resource() != "customer" || read.Action() != "read" {
		t.Errorf("got %s and %s", read.Resource(), read.Action())
	}
}

// Where and Includes must say the same of every row.
func TestScopeInSQL(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	for _, who := range []tenant.MemberID{acme.Rep, acme.Manager, acme.Admin} {
		for _, level := range []tenant.Level{tenant.LevelNone, tenant.LevelOwn, tenant.LevelTeam, tenant.LevelAll} {
			caller := acme.As(who, level, read)
			if err := i.Read(t.Context(), acme.Company, caller, func(q *tenant.Query) error {
				where, args := q.Scope(read).Where("m.id", "")
				var found []tenant.MemberID
				if err := q.Select(t.Context(), &found, `SELECT m.id FROM company.members m WHERE `+where, args...); err != nil {
					return err
				}
				want := 0
				for _, m := range []tenant.MemberID{acme.Admin, acme.Manager, acme.Rep, acme.Rep2} {
					if q.Scope(read).Includes(m) {
						want++
					}
				}
				if len(found) != want {
					t.Errorf("%s of %s: SQL finds %d, Includes %d", level, who, len(found), want)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}
