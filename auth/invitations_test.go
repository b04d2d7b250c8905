package auth

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/tenant"
)

// joining stands for what the edge passes in, with the given number of seats.
func joining(seats int64) Joining {
	return Joining{
		Limits: func(*tenant.Company) map[tenant.Quota]int64 { return map[tenant.Quota]int64{quotaSeats: seats} },
		Vouch:  func(context.Context, *tenant.Tx, tenant.MemberID, []string) error { return nil },
		Assign: func(ctx context.Context, tx *tenant.Tx, member tenant.MemberID, roles ...string) error {
			for _, role := range roles {
				if _, err := tx.Exec(ctx, `INSERT INTO company.member_roles (member_id, role_id) VALUES (?, ?)`, member, role); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// office is a company whose admin invites.
type office struct {
	*world
	company *tenant.Company
	admin   *tenant.Caller
}

func newOffice(t *testing.T, w *world, email string) *office {
	t.Helper()
	out := w.signUp(t, email)
	return &office{world: w, company: w.company(t, out), admin: caller(out.User.ID, tenant.LevelAll)}
}

func (o *office) invite(t *testing.T, as *tenant.Caller, in NewInvitation) (i Invitation, err error) {
	t.Helper()
	if in.Roles == nil {
		in.Roles = []string{"rep"}
	}
	err = o.tx(t, o.company, as, func(tx *tenant.Tx) (err error) {
		i, err = o.Invite(t.Context(), tx, in)
		return err
	})
	return i, err
}

func (o *office) mustInvite(t *testing.T, in NewInvitation) Invitation {
	t.Helper()
	i, err := o.invite(t, o.admin, in)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func tokenOf(i Invitation) string { return i.Link[strings.LastIndexByte(i.Link, '/')+1:] }

func (o *office) accept(t *testing.T, in Acceptance) (SignedIn, error) {
	t.Helper()
	if in.Password == "" {
		in.Password = goodPassword
	}
	return o.AcceptInvitation(t.Context(), in, here, joining(5))
}

func TestInviteAndAccept(t *testing.T) {
	o := newOffice(t, newWorld(t), "chen@acme.example")
	i := o.mustInvite(t, NewInvitation{Name: "李雷", Email: " Li@Acme.example ", Phone: "+86 138 0013 8000", Roles: []string{"rep", "support"}})
	if !strings.HasPrefix(i.Link, "https://crm.example/invite/") || *i.Email != "li@acme.example" || *i.Phone != "+8613800138000" ||
		i.ManagerID != o.admin.Member || i.Status != invitationPending || !i.ExpiresAt.Equal(o.Clock.Now().Add(7*24*time.Hour)) {
		t.Errorf("%+v", i)
	}
	open, err := o.ViewInvitation(t.Context(), tokenOf(i), here)
	if err != nil {
		t.Fatal(err)
	}
	want := OpenInvitation{CompanyName: "Acme", InvitedBy: "陈晨", Name: "李雷", Email: i.Email, Phone: i.Phone, Roles: []string{"rep", "support"}, ExpiresAt: "2026-03-09T01:00:00Z"}
	if diff := cmp.Diff(want, open); diff != "" {
		t.Error(diff)
	}
	out, err := o.accept(t, Acceptance{Token: tokenOf(i), Device: "phone"})
	if err != nil {
		t.Fatal(err)
	}
	if out.User.Name != "李雷" || out.User.ManagerID != o.admin.Member || out.Company.ID != o.company.ID {
		t.Errorf("%+v", out)
	}
	for _, identifier := range []string{"li@acme.example", "13800138000"} {
		if got := o.signIn(t, identifier); got.User.ID != out.User.ID {
			t.Errorf("%s signs in as %s", identifier, got.User.ID)
		}
	}
	var roles []string
	var types []string
	err = o.Read(t.Context(), o.company, o.admin, func(q *tenant.Query) error {
		if err := q.Select(t.Context(), &roles, `SELECT role_id FROM company.member_roles WHERE member_id = ? ORDER BY role_id`, out.User.ID); err != nil {
			return err
		}
		if err := q.Select(t.Context(), &types, `SELECT type FROM company.changes WHERE type <> 'member.signed_in' ORDER BY id`); err != nil {
			return err
		}
		all, err := ListInvitations(t.Context(), q)
		if len(all) != 1 || all[0].Status != invitationAccepted || all[0].MemberID != out.User.ID || all[0].Link != "" {
			t.Errorf("list %+v", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"rep", "support"}, roles); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"member.created", "invitation.created", "invitation.accepted", "member.created"}, types); diff != "" {
		t.Error(diff)
	}
	_, err = o.ViewInvitation(t.Context(), tokenOf(i), here)
	wantCode(t, err, "invitation_used")
	// The answer was lost: the same person comes again and is let in; nobody else is.
	again, err := o.accept(t, Acceptance{Token: tokenOf(i)})
	if err != nil || again.User.ID != out.User.ID {
		t.Errorf("again: %v", err)
	}
	_, err = o.accept(t, Acceptance{Token: tokenOf(i), Password: "not my password"})
	wantCode(t, err, "invalid_credentials")
}

func TestInviteRefused(t *testing.T) {
	o := newOffice(t, newWorld(t), "chen@acme.example")
	manager := tenant.NewMemberID()
	o.must(t, o.company, system(), func(tx *tenant.Tx) error {
		_, err := tenant.AddMember(t.Context(), tx, tenant.Member{ID: manager, Name: "Manager", ManagerID: o.admin.Member, Locale: "en"})
		return err
	})
	o.mustInvite(t, NewInvitation{Email: "invited@acme.example"})
	for name, c := range map[string]struct {
		as   *tenant.Caller
		in   NewInvitation
		want string
	}{
		"bad e-mail":        {o.admin, NewInvitation{Email: "li"}, "email:invalid"},
		"bad phone":         {o.admin, NewInvitation{Phone: "12"}, "phone:invalid"},
		"bad name":          {o.admin, NewInvitation{Name: "a\nb"}, "name:invalid"},
		"no role":           {o.admin, NewInvitation{Roles: []string{}}, "roles:required"},
		"unknown manager":   {o.admin, NewInvitation{ManagerID: tenant.NewMemberID()}, "manager_id:unknown"},
		"is a member":       {o.admin, NewInvitation{Email: "Chen@acme.example"}, "already_member"},
		"is invited":        {o.admin, NewInvitation{Email: "Invited@acme.example"}, "already_invited"},
		"above the inviter": {caller(manager, tenant.LevelTeam), NewInvitation{ManagerID: o.admin.Member}, "denied"},
		"below the inviter": {caller(manager, tenant.LevelTeam), NewInvitation{}, ""},
		"no right at all":   {&tenant.Caller{Kind: tenant.ByMember, Member: manager}, NewInvitation{}, "denied"},
		"no seat":           {func() *tenant.Caller { c := caller(manager, tenant.LevelAll); c.Limits[quotaSeats] = 1; return c }(), NewInvitation{}, "quota:seats"},
		"link for anybody":  {o.admin, NewInvitation{}, ""},
		"another such link": {o.admin, NewInvitation{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := o.invite(t, c.as, c.in)
			wantCode(t, err, c.want)
		})
	}
}

func TestAcceptRefused(t *testing.T) {
	w := newWorld(t)
	o := newOffice(t, w, "chen@acme.example")
	newOffice(t, w, "hank@globex.example")
	forMail := tokenOf(o.mustInvite(t, NewInvitation{Name: "Li", Email: "li@acme.example"}))
	forAnybody := tokenOf(o.mustInvite(t, NewInvitation{}))
	for name, c := range map[string]struct {
		in   Acceptance
		want string
	}{
		"no token":          {Acceptance{Token: ""}, "not_found"},
		"nonsense":          {Acceptance{Token: "%%%"}, "not_found"},
		"unknown company":   {Acceptance{Token: strings.Repeat("A", 64)}, "not_found"},
		"unknown secret":    {Acceptance{Token: forMail[:40] + strings.Repeat("A", 24)}, "not_found"},
		"common password":   {Acceptance{Token: forMail, Password: "12345678"}, "password:too_common"},
		"short password":    {Acceptance{Token: forMail, Password: "x"}, "password:too_short"},
		"another e-mail":    {Acceptance{Token: forMail, Email: "han@acme.example"}, "email:mismatch"},
		"bad e-mail":        {Acceptance{Token: forMail, Email: "x"}, "email:invalid"},
		"bad phone":         {Acceptance{Token: forMail, Phone: "x"}, "phone:invalid"},
		"bad name":          {Acceptance{Token: forMail, Name: "\x00"}, "name:invalid"},
		"no name":           {Acceptance{Token: forAnybody, Email: "han@acme.example"}, "name:required"},
		"no address":        {Acceptance{Token: forAnybody, Name: "Han"}, "email:required"},
		"address of others": {Acceptance{Token: forAnybody, Name: "Han", Email: "hank@globex.example", Password: "not hank's password"}, "invalid_credentials"},
		"already a member":  {Acceptance{Token: forAnybody, Name: "Chen", Email: "chen@acme.example"}, "already_member"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := o.accept(t, c.in)
			wantCode(t, err, c.want)
		})
	}
	// None of that has used the links up.
	if _, err := o.accept(t, Acceptance{Token: forMail}); err != nil {
		t.Error(err)
	}
	o.Clock.Advance(time.Second) // the company joined last is the one entered
	if _, err := o.accept(t, Acceptance{Token: forAnybody, Name: "Hank", Email: "hank@globex.example"}); err != nil {
		t.Error(err)
	}
	// Whoever has an account belongs to both companies now.
	if out := o.signIn(t, "hank@globex.example"); len(out.Companies) != 2 || out.User.Name != "Hank" {
		t.Errorf("%+v", out)
	}
}

func TestAcceptByPhoneAlone(t *testing.T) {
	o := newOffice(t, newWorld(t), "chen@acme.example")
	i := o.mustInvite(t, NewInvitation{Phone: "+86 138 0013 8000"})
	_, err := o.accept(t, Acceptance{Token: tokenOf(i), Name: "Han", Phone: "+86 139 0013 9000"})
	wantCode(t, err, "phone:mismatch")
	if _, err := o.accept(t, Acceptance{Token: tokenOf(i), Name: "Han"}); err != nil {
		t.Fatal(err)
	}
	o.signIn(t, "138 0013 8000")
	// The number is taken now, also as the second address of somebody new.
	_, err = o.accept(t, Acceptance{Token: tokenOf(o.mustInvite(t, NewInvitation{})), Name: "Li", Email: "li@acme.example", Phone: "+8613800138000"})
	wantCode(t, err, "phone_taken")
}

func TestSeatsAreTaken(t *testing.T) {
	o := newOffice(t, newWorld(t), "chen@acme.example")
	one, two := o.mustInvite(t, NewInvitation{}), o.mustInvite(t, NewInvitation{})
	accept := func(i Invitation, email string) error {
		_, err := o.AcceptInvitation(t.Context(), Acceptance{Token: tokenOf(i), Name: "Li", Email: email, Password: goodPassword}, here, joining(2))
		return err
	}
	if err := accept(one, "li@acme.example"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, accept(two, "han@acme.example"), "quota:seats")
	// The company buys a seat: the same link works, with another password if need be, and the account that
	// was begun stands in nobody's way.
	o.Clock.Advance(2 * abandonAfter)
	out, err := o.AcceptInvitation(t.Context(), Acceptance{Token: tokenOf(two), Name: "Han", Email: "han@acme.example", Password: "another password"}, here, joining(3))
	if err != nil || len(out.Companies) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
}

// A kill between the account and the member leaves a link that works and an address that is free.
func TestAcceptKilled(t *testing.T) {
	o := newOffice(t, newWorld(t), "chen@acme.example")
	i := o.mustInvite(t, NewInvitation{Email: "li@acme.example", Name: "Li"})
	kill := func() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			broken := joining(5)
			broken.Assign = func(context.Context, *tenant.Tx, tenant.MemberID, ...string) error { panic(errKilled) }
			defer func() { _ = recover() }()
			_, _ = o.AcceptInvitation(context.Background(), Acceptance{Token: tokenOf(i), Password: goodPassword}, here, broken)
		}()
		<-done
	}
	kill()
	_, err := o.SignIn(t.Context(), SignIn{Identifier: "li@acme.example", Password: goodPassword}, here)
	wantCode(t, err, "no_company")
	if _, err := o.accept(t, Acceptance{Token: tokenOf(i)}); err != nil {
		t.Errorf("the same person tries again: %v", err)
	}

	i = o.mustInvite(t, NewInvitation{Email: "han@acme.example", Name: "Han"})
	kill()
	_, err = o.SignUp(t.Context(), signUpInput("han@acme.example"), here, "", nothingMore)
	wantCode(t, err, "email_taken")
	o.Clock.Advance(2 * abandonAfter)
	if _, err := o.SignUp(t.Context(), signUpInput("han@acme.example"), here, "", nothingMore); err != nil {
		t.Errorf("somebody signs up with the address: %v", err)
	}
}

var errKilled = errors.New("killed")

func TestAcceptAtOnce(t *testing.T) {
	o := newOffice(t, newWorld(t), "chen@acme.example")
	i := o.mustInvite(t, NewInvitation{})
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		wins int
	)
	for _, email := range []string{"a@acme.example", "b@acme.example", "c@acme.example", "d@acme.example"} {
		all.Go(func() {
			_, err := o.AcceptInvitation(context.Background(), Acceptance{Token: tokenOf(i), Name: "N", Email: email, Password: goodPassword}, here, joining(5))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				wins++
			} else if codeOf(err) != "invitation_used" {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if wins != 1 {
		t.Errorf("%d people have used one link", wins)
	}
}

func TestInvitationLife(t *testing.T) {
	o := newOffice(t, newWorld(t), "chen@acme.example")
	i := o.mustInvite(t, NewInvitation{Email: "li@acme.example", Name: "Li"})
	resend := func(as *tenant.Caller) (again Invitation, err error) {
		err = o.tx(t, o.company, as, func(tx *tenant.Tx) (err error) {
			again, err = o.ResendInvitation(t.Context(), tx, i.ID)
			return err
		})
		return again, err
	}
	revoke := func(as *tenant.Caller) error {
		return o.tx(t, o.company, as, func(tx *tenant.Tx) error { return RevokeInvitation(t.Context(), tx, i.ID) })
	}
	stranger := caller(tenant.NewMemberID(), tenant.LevelTeam)

	o.Clock.Advance(invitationLife)
	_, err := o.accept(t, Acceptance{Token: tokenOf(i)})
	wantCode(t, err, "invitation_expired")
	_, err = resend(stranger)
	wantCode(t, err, "not_found")
	again, err := resend(o.admin)
	if err != nil || again.Link == i.Link || !again.ExpiresAt.Equal(o.Clock.Now().Add(invitationLife)) {
		t.Fatalf("resent %+v, %v", again, err)
	}
	_, err = o.ViewInvitation(t.Context(), tokenOf(i), here)
	wantCode(t, err, "not_found")
	if _, err := o.ViewInvitation(t.Context(), tokenOf(again), here); err != nil {
		t.Fatal(err)
	}
	wantCode(t, revoke(stranger), "not_found")
	for range 2 {
		if err := revoke(o.admin); err != nil {
			t.Fatal(err)
		}
	}
	_, err = o.accept(t, Acceptance{Token: tokenOf(again)})
	wantCode(t, err, "invitation_revoked")
	_, err = resend(o.admin)
	wantCode(t, err, "invitation_revoked")

	accepted := o.mustInvite(t, NewInvitation{Email: "li@acme.example", Name: "Li"})
	if _, err := o.accept(t, Acceptance{Token: tokenOf(accepted)}); err != nil {
		t.Fatal(err)
	}
	i = accepted
	wantCode(t, revoke(o.admin), "invitation_used")
	_, err = resend(o.admin)
	wantCode(t, err, "invitation_used")
}

// An invitation that is accepted while another changes it stays accepted.
func TestInvitationIsAcceptedMeanwhile(t *testing.T) {
	o := newOffice(t, newWorld(t), "chen@acme.example")
	for name, c := range map[string]struct {
		change func(*tenant.Tx, Invitation) error
		want   string
	}{
		"revoked": {func(tx *tenant.Tx, i Invitation) error { return RevokeInvitation(t.Context(), tx, i.ID) }, "invitation_used"},
		"resent": {func(tx *tenant.Tx, i Invitation) error {
			_, err := o.ResendInvitation(t.Context(), tx, i.ID)
			return err
		}, "invitation_used"},
		"revoked with all others": {func(tx *tenant.Tx, i Invitation) error { return RevokeInvitationsBy(t.Context(), tx, i.InvitedBy) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			i := o.mustInvite(t, NewInvitation{Name: "Li", Email: strings.ReplaceAll(name, " ", "-") + "@acme.example"})
			accept := sync.OnceValue(func() error {
				_, err := o.accept(t, Acceptance{Token: tokenOf(i)})
				return err
			})
			var left Invitation
			err := o.tx(t, o.company, o.admin, func(tx *tenant.Tx) error {
				// The transaction has read before the other one commits.
				if err := tx.Get(t.Context(), &left, `SELECT `+invitationColumns+` FROM company.invitations WHERE id = ?`, i.ID); err != nil {
					return err
				}
				if err := accept(); err != nil {
					t.Fatal(err)
				}
				return c.change(tx, i)
			})
			if got := codeOf(err); got != c.want {
				t.Errorf("got %q, %v", got, err)
			}
			o.must(t, o.company, o.admin, func(tx *tenant.Tx) error {
				return tx.Get(t.Context(), &left, `SELECT `+invitationColumns+` FROM company.invitations WHERE id = ?`, i.ID)
			})
			if left.Status != invitationAccepted {
				t.Errorf("the invitation is %s", left.Status)
			}
		})
	}
}

func TestInvitationsOfWhoLeaves(t *testing.T) {
	o := newOffice(t, newWorld(t), "chen@acme.example")
	i := o.mustInvite(t, NewInvitation{Name: "Li", Email: "li@acme.example"})
	o.must(t, o.company, system(), func(tx *tenant.Tx) error { return RevokeInvitationsBy(t.Context(), tx, o.admin.Member) })
	_, err := o.accept(t, Acceptance{Token: tokenOf(i)})
	wantCode(t, err, "invitation_revoked")
}

func TestSweepInvitations(t *testing.T) {
	o := newOffice(t, newWorld(t), "chen@acme.example")
	i := o.mustInvite(t, NewInvitation{Email: "li@acme.example"})
	sweep := func(want int64) {
		t.Helper()
		o.must(t, o.company, system(), func(tx *tenant.Tx) error {
			n, err := SweepInvitations(t.Context(), tx)
			if n != want {
				t.Errorf("swept %d, want %d", n, want)
			}
			return err
		})
	}
	sweep(0)
	o.Clock.Advance(invitationLife)
	sweep(1)
	sweep(0)
	_, err := o.ViewInvitation(t.Context(), tokenOf(i), here)
	wantCode(t, err, "invitation_expired")
	o.Clock.Advance(invitationKept + time.Second)
	sweep(1)
	_, err = o.ViewInvitation(t.Context(), tokenOf(i), here)
	wantCode(t, err, "not_found")
}

func TestInvitationsOfAnotherCompany(t *testing.T) {
	w := newWorld(t)
	acme, globex := newOffice(t, w, "chen@acme.example"), newOffice(t, w, "hank@globex.example")
	i := acme.mustInvite(t, NewInvitation{Email: "li@acme.example"})
	err := globex.tx(t, globex.company, globex.admin, func(tx *tenant.Tx) error { return RevokeInvitation(t.Context(), tx, i.ID) })
	wantCode(t, err, "not_found")
	err = w.Read(t.Context(), globex.company, globex.admin, func(q *tenant.Query) error {
		all, err := ListInvitations(t.Context(), q)
		if len(all) != 0 {
			t.Errorf("globex sees %+v", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetStatus(t.Context(), acme.company.ID, tenant.Suspended); err != nil {
		t.Fatal(err)
	}
	_, err = w.ViewInvitation(t.Context(), tokenOf(i), here)
	wantCode(t, err, "suspended")
}

func TestInvitationMail(t *testing.T) {
	w := newWorld(t)
	in := signUpInput("chen@acme.example")
	in.Company.Name, in.Locale = "甲 & 乙 <公司>", "zh-CN"
	chinese, err := w.SignUp(t.Context(), in, here, "", nothingMore)
	if err != nil {
		t.Fatal(err)
	}
	zh := &office{world: w, company: w.company(t, chinese), admin: caller(chinese.User.ID, tenant.LevelAll)}
	en := newOffice(t, w, "hank@globex.example")
	for name, c := range map[string]struct {
		office        *office
		subject, text string
		html          []string
	}{
		"zh-CN": {zh, "陈晨 邀请您加入 甲 & 乙 <公司>", `<Li>，您好：

陈晨 邀请您加入 甲 & 乙 <公司> 的客户关系管理系统。请打开下面的链接设置密码并加入：

LINK

链接在 2026-03-09 09:00 之前有效，只能使用一次。如果您不认识邀请人，请忽略这封邮件。
`, []string{"&lt;Li&gt;，您好：", "甲 &amp; 乙 &lt;公司&gt;", `<a href="LINK">`}},
		"en": {en, "陈晨 invites you to join Acme", `Hello <Li>,

陈晨 invites you to join Acme on Guanxi. Open this link to choose a password and join:

LINK

The link works until 2026-03-09 09:00 and can be used once. If you do not know the sender, ignore this message.
`, []string{"Hello &lt;Li&gt;,", "<b>Acme</b>", `<a href="LINK">`}},
	} {
		t.Run(name, func(t *testing.T) {
			i := c.office.mustInvite(t, NewInvitation{Name: "<Li>", Email: "li@" + strings.ToLower(name) + ".example"})
			mail, err := c.office.mail(t, i.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.ReplaceAll(c.text, "LINK", i.Link), mail.Text); diff != "" {
				t.Error(diff)
			}
			if mail.Subject != c.subject || mail.To != *i.Email {
				t.Errorf("%q to %q", mail.Subject, mail.To)
			}
			for _, part := range c.html {
				if part = strings.ReplaceAll(part, "LINK", i.Link); !strings.Contains(mail.HTML, part) {
					t.Errorf("%q is not in %s", part, mail.HTML)
				}
			}
		})
	}
	noAddress := en.mustInvite(t, NewInvitation{})
	_, err = en.mail(t, noAddress.ID)
	wantCode(t, err, "not_found")
	_, err = en.mail(t, InvitationID{1})
	wantCode(t, err, "not_found")
	expired := en.mustInvite(t, NewInvitation{Email: "late@globex.example"})
	w.Clock.Advance(invitationLife)
	_, err = en.mail(t, expired.ID)
	wantCode(t, err, "not_found")
}

func (o *office) mail(t *testing.T, id InvitationID) (mail Mail, err error) {
	t.Helper()
	err = o.Read(t.Context(), o.company, system(), func(q *tenant.Query) (err error) {
		mail, err = o.InvitationMail(t.Context(), q, id)
		return err
	})
	return mail, err
}

// Sending an invitation is due exactly while there is something to send.
func TestInvitationMailIsDue(t *testing.T) {
	for name, c := range map[string]struct {
		mail, revoke bool
		email        string
		want         int
	}{
		"with mail":     {mail: true, email: "li@acme.example", want: 1},
		"without mail":  {mail: false, email: "li@acme.example"},
		"no address":    {mail: true},
		"revoked again": {mail: true, revoke: true, email: "li@acme.example"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, newWorld(t, func(cfg *Config) { cfg.Mail = c.mail }), "chen@acme.example")
			i := o.mustInvite(t, NewInvitation{Email: c.email})
			if c.revoke {
				o.must(t, o.company, o.admin, func(tx *tenant.Tx) error { return RevokeInvitation(t.Context(), tx, i.ID) })
			}
			cluster, err := o.Cluster(t.Context(), o.company.Cluster)
			if err != nil {
				t.Fatal(err)
			}
			due, err := cluster.Claim(t.Context(), MailKind, o.Clock.Now(), tenant.Window{PerCompany: 10, PerLane: 10, Visible: time.Minute})
			if err != nil || len(due) != c.want {
				t.Errorf("%d due, %v; want %d", len(due), err, c.want)
			}
		})
	}
}
