package email

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Account is a company's own mail server, without its password.
type Account struct {
	Host        string `json:"host" doc:"The server's name; empty for none." example:"smtp.exmail.qq.com"`
	Port        int    `json:"port" doc:"The server's port: 465, 587 or 2525." example:"465"`
	Security    string `json:"security" enum:",tls,starttls" doc:"Whether the server speaks TLS from the start, as mostly on port 465, or begins plain and changes to it, as mostly on 587. Mail never leaves unencrypted." example:"tls"`
	Username    string `json:"username" doc:"Who signs in there; empty for nobody." example:"crm@acme.example"`
	From        string `json:"from" doc:"The sender that people see." example:"Acme CRM <crm@acme.example>"`
	HasPassword bool   `json:"has_password" doc:"Whether a password is kept. It is never shown."`
}

// AccountState is a company's own mail server and how it does.
type AccountState struct {
	Account
	Trouble
}

// NewAccount is what a mail server is set to.
type NewAccount struct {
	Host     string  `json:"host" minLength:"1" maxLength:"253" doc:"The server's name." example:"smtp.exmail.qq.com"`
	Port     int     `json:"port" minimum:"1" maximum:"65535" doc:"465, 587 or 2525." example:"465"`
	Security string  `json:"security" enum:"tls,starttls" doc:"Whether the server speaks TLS from the start, or begins plain and changes to it." example:"tls"`
	Username string  `json:"username,omitempty" maxLength:"320" doc:"Who signs in there; empty for nobody." example:"crm@acme.example"`
	Password *string `json:"password,omitempty" maxLength:"1000" doc:"The password there. Left out, the one that is kept stays, as long as server and user name stay the same." example:"a long phrase is good"`
	From     string  `json:"from" minLength:"3" maxLength:"320" doc:"The sender that people see." example:"Acme CRM <crm@acme.example>"`
}

// account is what the company's settings keep.
type account struct {
	Account
	Sealed []byte `json:"sealed"`
}

const (
	settingsGroup = "mail_server"
	sealPurpose   = "mail_server"
)

func find(ctx context.Context, q *tenant.Query) (account, error) {
	var kept account
	err := tenant.ReadSettings(ctx, q, settingsGroup, &kept)
	if err == nil && kept.Host == "" {
		err = fmt.Errorf("mail server: %w", tenant.ErrNotFound)
	}
	return kept, err
}

// lock is find for a change that hangs on the server: it stays what it is until the transaction ends.
func lock(ctx context.Context, tx *tenant.Tx) (account, error) {
	var name string
	if err := tx.Get(ctx, &name, `SELECT name FROM company.settings WHERE name = ? FOR UPDATE`, settingsGroup); err != nil {
		return account{}, fmt.Errorf("mail server: %w", err)
	}
	return find(ctx, tx.Query)
}

// GetAccount returns the company's own mail server and how it does, or one without a host where it has none.
func GetAccount(ctx context.Context, q *tenant.Query) (AccountState, error) {
	kept, err := find(ctx, q)
	if errors.Is(err, tenant.ErrNotFound) {
		return AccountState{}, nil
	}
	if err != nil {
		return AccountState{}, err
	}
	trouble, err := readTrouble(ctx, q)
	return AccountState{kept.Account, trouble}, err
}

// HasAccount reports whether the company has a mail server of its own.
func HasAccount(ctx context.Context, q *tenant.Query) (bool, error) {
	_, err := find(ctx, q)
	if errors.Is(err, tenant.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ServerOf returns the company's own mail server, with its password, else tenant.ErrNotFound.
func ServerOf(ctx context.Context, q *tenant.Query, guard plugins.Guard) (Server, error) {
	kept, err := find(ctx, q)
	if err != nil {
		return Server{}, err
	}
	s := Server{
		Host: kept.Host, Port: kept.Port, TLSFirst: kept.Security == "tls", Username: kept.Username, From: kept.From,
		Control: guard.MailControl, Plain: guard.AllowPrivate,
	}
	if len(kept.Sealed) > 0 {
		password, err := q.Open(sealPurpose, kept.Sealed)
		if err != nil {
			return Server{}, fmt.Errorf("mail server: password: %w", err)
		}
		s.Password = string(password)
	}
	return s, nil
}

// SetAccount makes the company's mail leave by a server of its own.
func SetAccount(ctx context.Context, tx *tenant.Tx, in NewAccount, guard plugins.Guard) (AccountState, error) {
	before, err := find(ctx, tx.Query)
	if err != nil && !errors.Is(err, tenant.ErrNotFound) {
		return AccountState{}, err
	}
	after := account{Account: Account{Host: strings.ToLower(strings.TrimSpace(in.Host)), Port: in.Port, Security: in.Security, Username: in.Username, From: in.From}}
	invalid := in.check(after.Host, guard)
	switch {
	case in.Username == "" || in.Password != nil && *in.Password == "":
	case in.Password != nil:
		if after.Sealed, err = tx.Seal(sealPurpose, []byte(*in.Password)); err != nil {
			return AccountState{}, err
		}
	case before.Host == after.Host && before.Port == after.Port && before.Username == after.Username:
		after.Sealed = before.Sealed
	default:
		// Otherwise somebody could have the password sent to a server of their own.
		invalid.Add("password", "required", "must be given again when the server or the user name changes")
	}
	if err := invalid.Err(); err != nil {
		return AccountState{}, err
	}
	after.HasPassword = len(after.Sealed) > 0
	if err := tenant.WriteSettings(ctx, tx, settingsGroup, after); err != nil {
		return AccountState{}, err
	}
	if err := forgetTrouble(ctx, tx); err != nil {
		return AccountState{}, err
	}
	return AccountState{Account: after.Account}, tell(ctx, tx, after.Account, before.Account)
}

func (in NewAccount) check(host string, guard plugins.Guard) *tenant.InvalidError {
	invalid := &tenant.InvalidError{}
	if in.Security != "tls" && in.Security != "starttls" {
		invalid.Add("security", "unknown", "must be tls or starttls")
	}
	if err := (Server{Host: "x", From: in.From}).Check(); err != nil {
		invalid.Add("from", "invalid", "must be an address, as Acme CRM <crm@acme.example>")
	}
	if strings.ContainsAny(host, " /:@\t\r\n") && !strings.Contains(host, "::") || host == "" {
		invalid.Add("host", "invalid", "must be the name of a server, as smtp.example.com")
	} else if err := guard.CheckMailServer(host, in.Port); err != nil {
		invalid.Add("host", "refused", err.Error())
	}
	return invalid
}

// RemoveAccount lets the company's mail leave by the installation's server again.
func RemoveAccount(ctx context.Context, tx *tenant.Tx) error {
	before, err := find(ctx, tx.Query)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM company.settings WHERE name IN (?, ?)`, settingsGroup, troubleGroup); err != nil {
		return err
	}
	return tell(ctx, tx, Account{}, before.Account)
}

func tell(ctx context.Context, tx *tenant.Tx, after, before Account) error {
	return tx.Emit(ctx, tenant.Event{
		Type: "company.mail_server_changed", Resource: "company", Record: tenant.RecordID(tx.Company.ID), Data: after, Previous: before,
	})
}
