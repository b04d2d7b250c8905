package auth

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/tenant"
)

// forgot asks for a link and waits until the work behind the answer is done.
func (w *world) forgot(t *testing.T, identifier string) {
	t.Helper()
	if err := w.Forgot(t.Context(), Forgot{Identifier: identifier}, Client{IP: here.IP, UserAgent: "Firefox"}); err != nil {
		t.Fatal(err)
	}
	w.background.wait()
}

// mails returns the mails about accounts that wait in a company, the latest last.
func (w *world) mails(t *testing.T, c *tenant.Company) (all []Mail) {
	t.Helper()
	if err := w.Read(t.Context(), c, system(), func(q *tenant.Query) error {
		var ids []tenant.RecordID
		if err := q.Select(t.Context(), &ids, `SELECT id FROM company.account_mails ORDER BY id`); err != nil {
			return err
		}
		for _, id := range ids {
			mail, err := w.AccountMail(t.Context(), q, id)
			if err != nil {
				return err
			}
			all = append(all, mail)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// resetToken returns the token of the link in a mail.
func resetToken(t *testing.T, text string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "https://crm.example/reset/")
	if !found {
		t.Fatalf("no link in %q", text)
	}
	return strings.Fields(rest)[0]
}

// accountEvents returns what a company has recorded about accounts, as "type method device", but for signing in.
func (w *world) accountEvents(t *testing.T, c *tenant.Company) []string {
	t.Helper()
	return slices.DeleteFunc(w.recorded(t, c), func(e string) bool { return strings.HasPrefix(e, "sign") })
}

// recorded is accountEvents with signing in.
func (w *world) recorded(t *testing.T, c *tenant.Company) (all []string) {
	t.Helper()
	w.background.wait()
	if err := w.Read(t.Context(), c, system(), func(q *tenant.Query) error {
		return q.Select(t.Context(), &all, `SELECT CONCAT_WS(' ', SUBSTRING(type, 8), JSON_UNQUOTE(JSON_EXTRACT(data, '$.method')), JSON_UNQUOTE(JSON_EXTRACT(data, '$.device')))
			FROM company.changes WHERE resource = 'member' AND type NOT IN ('member.created', 'member.updated') ORDER BY id`)
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

const nextPassword = "another long phrase"

func (w *world) reset(t *testing.T, token string) error {
	t.Helper()
	return w.ResetPassword(t.Context(), Reset{Token: token, Password: nextPassword}, here, vouched)
}

// vouched stands for what the edge passes in: whoever made a link may still do so.
func vouched(context.Context, *tenant.Query, tenant.MemberID, tenant.MemberID) error { return nil }

func TestForgottenPassword(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	company := w.company(t, acme)
	before := w.signIn(t, "chen@acme.example")
	w.forgot(t, "Chen@Acme.example ")
	w.forgot(t, "chen@acme.example")
	mails := w.mails(t, company)
	if len(mails) != 2 {
		t.Fatalf("%d mails", len(mails))
	}
	mail := mails[0]
	if mail.To != "chen@acme.example" || mail.Subject != "Choose a new password" || !strings.Contains(mail.Text, "until 2026-03-02 10:00") ||
		!strings.Contains(mail.HTML, `<a href="https://crm.example/reset/`+resetToken(t, mail.Text)+`">`) {
		t.Errorf("%+v", mail)
	}
	first, second := resetToken(t, mails[0].Text), resetToken(t, mails[1].Text)
	wantCode(t, w.ResetPassword(t.Context(), Reset{Token: first, Password: "short"}, here, vouched), "password:too_short")
	wantCode(t, w.ResetPassword(t.Context(), Reset{Token: first, Password: "chen@acme.example"}, here, vouched), "password:too_common")
	for name, token := range map[string]string{
		"empty": "", "not base64": "!", "short": first[:20], "longer": first + "AAAA", "another tag": first[:len(first)-4] + "AAAA", "another id": "AAAA" + first[4:],
	} {
		if err := w.reset(t, token); codeOf(err) != "reset_link_closed" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.reset(t, first); err != nil {
		t.Fatal(err)
	}
	_, err := w.Authenticate(t.Context(), before.AccessToken)
	wantCode(t, err, "session_ended")
	_, err = w.Service.Refresh(t.Context(), before.RefreshToken, here)
	wantCode(t, err, "session_ended")
	_, err = w.SignIn(t.Context(), SignIn{Identifier: "chen@acme.example", Password: goodPassword}, here)
	wantCode(t, err, "invalid_credentials")
	if _, err := w.SignIn(t.Context(), SignIn{Identifier: "chen@acme.example", Password: nextPassword}, here); err != nil {
		t.Error(err)
	}
	wantCode(t, w.reset(t, first), "reset_link_closed")
	wantCode(t, w.reset(t, second), "reset_link_closed")
	if diff := cmp.Diff([]string{"password_changed reset_link test"}, w.accountEvents(t, company)); diff != "" {
		t.Error(diff)
	}
}

func TestResetLinkExpires(t *testing.T) {
	w := newWorld(t)
	company := w.company(t, w.signUp(t, "chen@acme.example"))
	w.forgot(t, "chen@acme.example")
	token := resetToken(t, w.mails(t, company)[0].Text)
	w.Clock.Advance(resetLife)
	wantCode(t, w.reset(t, token), "reset_link_closed")
	if err := w.Read(t.Context(), company, system(), func(q *tenant.Query) error {
		var id tenant.RecordID
		if err := q.Get(t.Context(), &id, `SELECT id FROM company.account_mails`); err != nil {
			return err
		}
		_, err := w.AccountMail(t.Context(), q, id)
		wantCode(t, err, "not_found")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n, err := w.SweepResets(t.Context()); n != 1 || err != nil {
		t.Errorf("%d swept, %v", n, err)
	}
}

// The answer is the same whoever asks for whom, and the database is not asked before it.
func TestForgottenPasswordTellsNothing(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	company := w.company(t, acme)
	for _, identifier := range []string{"nobody@acme.example", "13800138000", "' OR 1=1 --", ""} {
		w.forgot(t, identifier)
	}
	w.setStatus(t, company, acme.User.ID, tenant.MemberDeactivated)
	w.forgot(t, "chen@acme.example")
	w.setStatus(t, company, acme.User.ID, tenant.MemberActive)
	if mails := w.mails(t, company); len(mails) != 0 {
		t.Errorf("mails %+v", mails)
	}
	// Even with all turns taken the answer is the same; the work is dropped.
	if !w.background.turns.TryAcquire(maxBackground) {
		t.Fatal("something is under way")
	}
	w.forgot(t, "chen@acme.example")
	w.background.turns.Release(maxBackground)
	// Four wishes, three mails: nobody fills another's mailbox.
	for range 4 {
		w.forgot(t, "chen@acme.example")
	}
	if mails := w.mails(t, company); len(mails) != 3 {
		t.Errorf("%d mails", len(mails))
	}
	var err error
	for range 40 {
		if err = w.Forgot(t.Context(), Forgot{Identifier: "nobody@acme.example"}, here); err != nil {
			break
		}
	}
	wantCode(t, err, "too_many_attempts")
}

func TestMailsAreInThePersonsLanguage(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	who := w.identity(t, acme.AccessToken)
	if err := w.SpeakTo(t.Context(), who.Member, "zh-CN"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ChangePassword(t.Context(), who, goodPassword, nextPassword, Client{IP: here.IP, UserAgent: "Firefox <b>"}); err != nil {
		t.Fatal(err)
	}
	mails := w.mails(t, w.company(t, acme))
	if len(mails) != 1 || mails[0].Subject != "您的密码已修改" || !strings.Contains(mails[0].Text, "2026-03-02 09:00 修改（Firefox <b>）") ||
		!strings.Contains(mails[0].HTML, "Firefox &lt;b&gt;") || !strings.Contains(mails[0].HTML, `href="https://crm.example/forgot"`) {
		t.Errorf("%+v", mails)
	}
}

func TestWithoutMailNothingIsScheduled(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Mail, c.Log = false, slog.New(slog.DiscardHandler) })
	acme := w.signUp(t, "chen@acme.example")
	w.forgot(t, "chen@acme.example")
	if mails := w.mails(t, w.company(t, acme)); len(mails) != 0 || w.SendsMail() {
		t.Errorf("mails %+v", mails)
	}
}

// adminLink makes a link as the edge does.
func (w *world) adminLink(t *testing.T, c *tenant.Company, m tenant.Member) string {
	t.Helper()
	var link ResetLink
	w.must(t, c, system(), func(tx *tenant.Tx) (err error) {
		link, err = w.NewResetLink(t.Context(), tx, m)
		return err
	})
	return resetToken(t, link.Link)
}

func TestLinkByAnAdmin(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	company := w.company(t, acme)
	token := w.adminLink(t, company, acme.User)
	if err := w.reset(t, token); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"password_reset_link_made", "password_changed reset_link test"}, w.accountEvents(t, company)); diff != "" {
		t.Error(diff)
	}
	// The operator makes one for anybody.
	byOperator, err := w.OperatorResetLink(t.Context(), "chen@acme.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.ResetPassword(t.Context(), Reset{Token: resetToken(t, byOperator.Link), Password: goodPassword}, here, vouched); err != nil {
		t.Error(err)
	}
	_, err = w.OperatorResetLink(t.Context(), "nobody@acme.example")
	wantCode(t, err, "identifier:unknown")
	// One whose maker may not open the account any more opens nothing.
	err = w.ResetPassword(t.Context(), Reset{Token: w.adminLink(t, company, acme.User), Password: nextPassword}, here,
		func(context.Context, *tenant.Query, tenant.MemberID, tenant.MemberID) error { return tenant.ErrDenied })
	wantCode(t, err, "reset_link_closed")
}

// An admin of one company must not get into another by a person whom both know.
func TestAnAccountOfSeveralCompaniesIsNobodys(t *testing.T) {
	w := newWorld(t)
	acme, globex := w.signUp(t, "chen@acme.example"), w.signUp(t, "hank@globex.example")
	other := w.company(t, globex)
	ours := func() string { return codeOf(w.MustBeOurs(t.Context(), acme.Company.ID, acme.User.ID)) }
	if got := ours(); got != "" {
		t.Fatalf("theirs alone: %s", got)
	}
	// A membership that was begun and never made counts for nothing.
	if err := addMembership(t.Context(), w.Platform(), acme.User.ID, globex.Company.ID); err != nil {
		t.Fatal(err)
	}
	if got := ours(); got != "" {
		t.Errorf("begun elsewhere: %s", got)
	}
	token := w.adminLink(t, w.company(t, acme), acme.User)
	w.joinOther(t, acme.User, other)
	for name, change := range map[string]func(){
		"member elsewhere": func() {},
		"deactivated":      func() { w.setStatus(t, other, acme.User.ID, tenant.MemberDeactivated) },
		"suspended": func() {
			if err := w.SetStatus(t.Context(), other.ID, tenant.Suspended); err != nil {
				t.Fatal(err)
			}
		},
	} {
		change()
		if got := ours(); got != "account_shared" {
			t.Errorf("%s: %s", name, got)
		}
	}
	// Nor does a link that was made before they joined.
	wantCode(t, w.reset(t, token), "account_shared")
	if err := addPlatformAdmin(t.Context(), w.Platform(), globex.User.ID); err != nil {
		t.Fatal(err)
	}
	wantCode(t, w.MustBeOurs(t.Context(), globex.Company.ID, globex.User.ID), "account_shared")
}

// Whoever changes their password closes what the old one has opened.
func TestLinksEndWithTheirPassword(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	company := w.company(t, acme)
	token := w.adminLink(t, company, acme.User)
	before, err := w.findPerson(t.Context(), address{email: "chen@acme.example"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.ChangePassword(t.Context(), w.identity(t, acme.AccessToken), goodPassword, nextPassword, here); err != nil {
		t.Fatal(err)
	}
	wantCode(t, w.reset(t, token), "reset_link_closed")
	// Nor does somebody get in whose password was checked before the change.
	_, err = w.letIn(t.Context(), company, before, "password", here)
	wantCode(t, err, "invalid_credentials")
	if records, err := w.sessions.of(t.Context(), acme.User.ID); len(records) != 1 || err != nil {
		t.Errorf("%d sessions, %v", len(records), err)
	}
}

// A password changes once, however many hold the same link.
func TestOneLinkAtOnce(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	token := w.adminLink(t, w.company(t, acme), acme.User)
	results := make(chan error, 4)
	for n := range 4 {
		go func() {
			results <- w.ResetPassword(t.Context(), Reset{Token: token, Password: fmt.Sprint("a very long phrase ", n)}, here, vouched)
		}()
	}
	done := 0
	for range 4 {
		if err := <-results; err == nil {
			done++
		} else if codeOf(err) != "reset_link_closed" {
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("used %d times", done)
	}
}

func TestResetWithoutRedisUsesNothingUp(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	token := w.adminLink(t, w.company(t, acme), acme.User)
	cfg := w.cfg
	cfg.Redis = unreachable(t)
	blind, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer blind.Close()
	wantCode(t, blind.ResetPassword(t.Context(), Reset{Token: token, Password: nextPassword}, here, vouched), "unavailable")
	w.Clock.Advance(time.Minute)
	if err := w.reset(t, token); err != nil {
		t.Error(err)
	}
}
