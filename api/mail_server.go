package api

import (
	"context"
	"net/http"
	"time"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/email"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) mailServerRoutes(r *routes) {
	register(r, get("/company/mail-server", "Get the company's own mail server"), rbac.Company.Update, billing.Free, s.getMailServer)
	register(r, put("/company/mail-server", "Set the company's own mail server", describe(mailServerDoc)), rbac.Company.Update, billing.Free, s.setMailServer)
	register(r, del("/company/mail-server", "Remove the company's own mail server", alsoAnswers(http.StatusNotFound)), rbac.Company.Update, billing.Free, s.removeMailServer)
	register(r, post("/company/mail-server/test", "Send myself a test mail", answers(http.StatusOK), alsoAnswers(http.StatusNotFound), describe("By the server that is set. 409 `mail_not_sent` says why it did not work.")),
		rbac.Company.Update, billing.Free, s.testMailServer)
}

const mailServerDoc = `Notifications and digests leave by it instead of by the installation's. Invitations and what concerns sign-in never do.
The password is kept encrypted and never shown; it has to be given again when the server or the user name changes.`

// outward says which addresses the product may call on a company's behalf.
func (s *Server) outward() plugins.Guard {
	return plugins.Guard{AllowPrivate: s.cfg.AllowPrivateTargets}
}

type mailServerOutput struct{ Body email.AccountState }

func (s *Server) getMailServer(ctx context.Context, _ *struct{}) (*mailServerOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*mailServerOutput, error) {
		account, err := email.GetAccount(ctx, q)
		return &mailServerOutput{account}, err
	})
}

type setMailServerInput struct{ Body email.NewAccount }

func (s *Server) setMailServer(ctx context.Context, in *setMailServerInput) (*mailServerOutput, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*mailServerOutput, error) {
		account, err := email.SetAccount(ctx, tx, in.Body, s.outward())
		return &mailServerOutput{account}, err
	})
}

func (s *Server) removeMailServer(ctx context.Context, _ *struct{}) (*nothing, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, email.RemoveAccount(ctx, tx)
	})
}

type testMailOutput struct {
	Body struct {
		SentTo string `json:"sent_to" doc:"Where the mail went: your own address." example:"chen@acme.example"`
	}
}

// testMailTimeout is how long somebody waits for the server.
const testMailTimeout = 15 * time.Second

func (s *Server) testMailServer(ctx context.Context, _ *struct{}) (*testMailOutput, error) {
	var server email.Server
	out, err := read(ctx, s, func(q *tenant.Query) (*testMailOutput, error) {
		me, err := tenant.GetMember(ctx, q, q.Caller.Member)
		if err != nil {
			return nil, err
		}
		if me.Email == nil {
			return nil, &tenant.ConflictError{Code: "no_email", Message: "You have no e-mail address to send a test to."}
		}
		out := &testMailOutput{}
		out.Body.SentTo = *me.Email
		server, err = email.ServerOf(ctx, q, s.outward())
		return out, err
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, testMailTimeout)
	defer cancel()
	const words = "This is a test from Guanxi 关系. 这是一封测试邮件。"
	message := email.Message{To: out.Body.SentTo, Subject: "Guanxi 关系: test 测试", Text: words, HTML: "<p>" + words + "</p>"}
	if err := server.Send(ctx, tenant.NewEventID().String(), message); err != nil {
		return nil, &tenant.ConflictError{Code: "mail_not_sent", Message: email.Reason(err)}
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*testMailOutput, error) { return out, email.Sent(ctx, tx) })
}
