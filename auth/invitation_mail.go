package auth

import (
	"context"
	"embed"
	"fmt"
	html "html/template"
	"strings"
	text "text/template"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Mail is a message that a worker sends.
type Mail struct {
	To, Subject string
	// Text and HTML say the same.
	Text, HTML string
}

//go:embed mail
var mailFiles embed.FS

var (
	mailTexts = text.Must(text.ParseFS(mailFiles, "mail/*.txt"))
	mailPages = html.Must(html.ParseFS(mailFiles, "mail/*.html"))
)

var invitationSubjects = map[string]string{
	"zh-CN": "%s 邀请您加入 %s",
	"en":    "%s invites you to join %s",
}

// InvitationMail returns the message that carries an invitation's link, in the company's language. It
// returns tenant.ErrNotFound when there is nothing to send any more.
func (s *Service) InvitationMail(ctx context.Context, q *tenant.Query, id InvitationID) (Mail, error) {
	var row struct {
		Invitation
		Sealed []byte `db:"token_sealed"`
	}
	if err := q.Get(ctx, &row, `SELECT `+invitationColumns+`, token_sealed FROM company.invitations WHERE id = ?`, id); err != nil {
		return Mail{}, fmt.Errorf("invitation %s: %w", id, err)
	}
	row.settle(q.Now)
	if row.Status != invitationPending || row.Email == nil || row.Sealed == nil {
		return Mail{}, fmt.Errorf("invitation %s: %w", id, tenant.ErrNotFound)
	}
	token, err := q.Open(sealInvitation, row.Sealed)
	if err != nil {
		return Mail{}, fmt.Errorf("invitation %s: %w", id, err)
	}
	inviter, err := tenant.GetMember(ctx, q, row.InvitedBy)
	if err != nil {
		return Mail{}, err
	}
	locale := q.Company.Locale
	if _, ok := invitationSubjects[locale]; !ok {
		locale = "en"
	}
	facts := struct{ Name, Inviter, Company, Link, Until string }{
		row.Name, inviter.Name, q.Company.Name, s.link(token),
		row.ExpiresAt.In(q.Company.Location()).Format("2006-01-02 15:04"),
	}
	mail := Mail{To: *row.Email, Subject: fmt.Sprintf(invitationSubjects[locale], inviter.Name, q.Company.Name)}
	var plain, page strings.Builder
	if err := mailTexts.ExecuteTemplate(&plain, "invitation."+locale+".txt", facts); err != nil {
		return Mail{}, err
	}
	if err := mailPages.ExecuteTemplate(&page, "invitation."+locale+".html", facts); err != nil {
		return Mail{}, err
	}
	mail.Text, mail.HTML = plain.String(), page.String()
	return mail, nil
}
