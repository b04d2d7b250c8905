package worker

import (
	"context"
	_ "embed"
	"html/template"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins/email"
	"github.com/guanxi-crm/guanxi/tenant"
)

//go:embed notice.html
var noticeHTML string

var noticePage = template.Must(template.New("notice").Parse(noticeHTML))

// mails reports whether mail can leave for a company.
func (w *Worker) mails(ctx context.Context, q *tenant.Query) (bool, error) {
	if w.cfg.Mail.Host != "" {
		return true, nil
	}
	return email.HasAccount(ctx, q)
}

func (w *Worker) noticeLetter() letter {
	return letter{
		compose: func(ctx context.Context, q *tenant.Query, ref tenant.RecordID) (auth.Mail, error) {
			l, err := crm.NoticeLetter(ctx, q, crm.NotificationID(ref), callerFor)
			if err != nil {
				return auth.Mail{}, err
			}
			return w.noticeMail(l)
		},
		done: func(ctx context.Context, tx *tenant.Tx, ref tenant.RecordID, _ time.Time) error {
			return crm.NoticeMailed(ctx, tx, crm.NotificationID(ref))
		},
		own: true,
	}
}

func (w *Worker) digestLetter() letter {
	return letter{
		compose: func(ctx context.Context, q *tenant.Query, ref tenant.RecordID) (auth.Mail, error) {
			l, err := crm.DigestLetter(ctx, q, tenant.MemberID(ref), callerFor)
			if err != nil {
				return auth.Mail{}, err
			}
			return w.noticeMail(l)
		},
		done: func(ctx context.Context, tx *tenant.Tx, ref tenant.RecordID, composed time.Time) error {
			return crm.DigestDone(ctx, tx, tenant.MemberID(ref), composed)
		},
		own: true,
		id:  func(ref tenant.RecordID, now time.Time) string { return ref.String() + now.Format(".20060102") },
	}
}

// noticeMail lays out a letter as text and as HTML.
func (w *Worker) noticeMail(l crm.Letter) (auth.Mail, error) {
	facts := struct {
		crm.Letter
		URL, Open, Why string
	}{l, w.cfg.PublicURL + l.Link, "Open", "You can choose in your notification settings what is mailed to you."}
	if l.Locale == "zh-CN" {
		facts.Open, facts.Why = "查看", "在通知设置中可以选择接收哪些邮件。"
	}
	var page strings.Builder
	if err := noticePage.Execute(&page, facts); err != nil {
		return auth.Mail{}, err
	}
	paragraphs := []string{l.Title, strings.Join(l.Lines, "\n"), facts.URL, facts.Why}
	if len(l.Lines) == 0 {
		paragraphs = []string{l.Title, facts.URL, facts.Why}
	}
	return auth.Mail{To: l.To, Subject: l.Title, Text: strings.Join(paragraphs, "\n\n"), HTML: page.String()}, nil
}
