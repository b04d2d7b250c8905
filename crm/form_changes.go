package crm

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// formQuota counts forms that are open.
const formQuota tenant.Quota = "forms"

// usualSource is where customers come from whose form says nothing else.
const usualSource = "form"

const maxFormText = 2000

// CreateForm adds a form under an address of its own. It returns *tenant.QuotaError when the plan allows no more that
// are open.
func CreateForm(ctx context.Context, tx *tenant.Tx, in NewForm) (Form, error) {
	f := Form{
		ID: tenant.NewID[formKind](), Name: in.Name, Token: newFormToken(tx.Company.ID), Title: in.Title, Intro: in.Intro, Thanks: in.Thanks, Fields: in.Fields,
		ConsentText: in.ConsentText, ConsentChannels: in.ConsentChannels, SuccessURL: in.SuccessURL, AllowedOrigins: in.AllowedOrigins,
		Source: in.Source, Campaign: in.Campaign, Tags: in.Tags, Assignment: FormAssignment{Rule: ToNobody}, Active: true,
		CreatedBy: tx.Caller.Member, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if in.ID != nil && !in.ID.IsZero() {
		f.ID = *in.ID
	}
	if in.Source == "" {
		f.Source = usualSource
	}
	if in.Assignment != nil {
		f.Assignment = *in.Assignment
	}
	if in.Active != nil {
		f.Active = *in.Active
	}
	if err := f.check(ctx, tx, true, true); err != nil {
		return Form{}, err
	}
	if err := countOpen(ctx, tx, false, f.Active); err != nil {
		return Form{}, err
	}
	var dup *tenant.DuplicateError
	_, err := tx.NamedExec(ctx, `
		INSERT INTO company.forms (id, name, name_sort, title, intro, thanks, fields, source, campaign, tags, consent_text, consent_channels, assignment,
			active, success_url, allowed_origins, token, turn, submissions, version, created_by, created_at, updated_at)
		VALUES (:id, :name, :name_sort, :title, :intro, :thanks, :fields, :source, :campaign, :tags, :consent_text, :consent_channels, :assignment,
			:active, :success_url, :allowed_origins, :token, 0, 0, :version, :created_by, :created_at, :updated_at)`, f)
	if errors.As(err, &dup) {
		return Form{}, errIDInUse
	}
	if err != nil {
		return Form{}, err
	}
	return f, emitForm(ctx, tx, "form.created", f, nil)
}

// check examines a form and brings it into the form in which it is kept. Whom it gives customers to is asked when that
// is new: whoever changes a word need not reach them all. So is what it asks, of which fields may have gone out of use since.
func (f *Form) check(ctx context.Context, tx *tenant.Tx, asksAnew, reassigned bool) error {
	invalid := &tenant.InvalidError{}
	checkRequired(invalid, "name", f.Name, 200)
	checkRequired(invalid, "title", f.Title, 200)
	checkText(invalid, "intro", f.Intro, maxFormText)
	checkText(invalid, "thanks", f.Thanks, maxFormText)
	checkText(invalid, "consent_text", f.ConsentText, maxFormText)
	checkText(invalid, "source", f.Source, 64)
	checkText(invalid, "campaign", f.Campaign, 100)
	f.Tags = cleanTags(invalid, "tags", f.Tags)
	if f.ConsentChannels == nil {
		f.ConsentChannels = stringList{"phone", "email"}
	}
	if len(f.ConsentChannels) > len(Channels) {
		invalid.Add("consent_channels", "too_many", "name each channel once")
	}
	for i, channel := range f.ConsentChannels {
		checkWord(invalid, fmt.Sprintf("consent_channels[%d]", i), channel, Channels)
	}
	if f.SuccessURL != "" {
		checkText(invalid, "success_url", f.SuccessURL, 2000)
		if u, err := url.Parse(f.SuccessURL); err != nil || !isWeb(u) {
			invalid.Add("success_url", "invalid", "must be an address that begins with https:// or http://")
		}
	}
	f.checkOrigins(invalid)
	if reassigned {
		if err := f.Assignment.check(ctx, tx, invalid); err != nil {
			return err
		}
	}
	if asksAnew {
		if err := f.checkFields(ctx, tx.Query, invalid); err != nil {
			return err
		}
	}
	f.checkRegion(invalid)
	f.NameSort = search.NameSort(f.Name)
	if err := invalid.Err(); err != nil {
		return err
	}
	return nameTags(ctx, tx.Query, f.Tags)
}

const maxOrigins = 20

// checkOrigins lets through what can stand in a policy of the page as it is.
func (f *Form) checkOrigins(invalid *tenant.InvalidError) {
	if len(f.AllowedOrigins) > maxOrigins {
		invalid.Add("allowed_origins", "too_many", fmt.Sprintf("names more than %d sites", maxOrigins))
		return
	}
	origins := make(stringList, len(f.AllowedOrigins))
	for i, text := range f.AllowedOrigins {
		u, err := url.Parse(strings.TrimSuffix(text, "/"))
		if err != nil || !isWeb(u) || len(text) > 300 || u.Scheme+"://"+u.Host != u.String() {
			invalid.Add(fmt.Sprintf("allowed_origins[%d]", i), "invalid", "must be a scheme and a host, as https://acme.example")
			continue
		}
		origins[i] = u.String()
	}
	f.AllowedOrigins = origins
}

// isWeb reports whether an address is one of the web whose host can stand in headers.
func isWeb(u *url.URL) bool {
	harmless := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune(".-:[]", c)
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil &&
		strings.IndexFunc(u.Host, func(c rune) bool { return !harmless(c) }) < 0
}

// countOpen takes or gives back a form's place among those that are open.
func countOpen(ctx context.Context, tx *tenant.Tx, before, after bool) error {
	switch {
	case after && !before:
		return tx.Consume(ctx, formQuota, 1)
	case before && !after:
		return tx.Consume(ctx, formQuota, -1)
	}
	return nil
}

// UpdateForm changes the properties that are set. version, when not 0, must be the form's, else ErrStale.
func UpdateForm(ctx context.Context, tx *tenant.Tx, id FormID, in FormPatch, version int64) (Form, error) {
	before, err := lockForm(ctx, tx, id, version)
	if err != nil {
		return Form{}, err
	}
	after := in.apply(before)
	if err := after.check(ctx, tx, in.Fields.Set, in.Assignment.Set); err != nil {
		return Form{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	if err := countOpen(ctx, tx, before.Active, after.Active); err != nil {
		return Form{}, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.forms SET name = :name, name_sort = :name_sort, title = :title, intro = :intro, thanks = :thanks, fields = :fields, source = :source,
			campaign = :campaign, tags = :tags, consent_text = :consent_text, consent_channels = :consent_channels, assignment = :assignment, active = :active,
			success_url = :success_url, allowed_origins = :allowed_origins, version = :version, updated_at = :updated_at WHERE id = :id`, after); err != nil {
		return Form{}, err
	}
	return after, emitForm(ctx, tx, "form.updated", after, previous)
}

func (in FormPatch) apply(f Form) Form {
	f.Name, f.Title, f.Intro, f.Thanks = in.Name.Or(f.Name), in.Title.Or(f.Title), in.Intro.Or(f.Intro), in.Thanks.Or(f.Thanks)
	f.Fields = slices.Clone(in.Fields.Or(f.Fields))
	f.ConsentText, f.ConsentChannels = in.ConsentText.Or(f.ConsentText), in.ConsentChannels.Or(f.ConsentChannels)
	f.SuccessURL, f.AllowedOrigins = in.SuccessURL.Or(f.SuccessURL), in.AllowedOrigins.Or(f.AllowedOrigins)
	f.Source, f.Campaign, f.Tags = in.Source.Or(f.Source), in.Campaign.Or(f.Campaign), slices.Clone(in.Tags.Or(f.Tags))
	f.Assignment, f.Active = in.Assignment.Or(f.Assignment), in.Active.Or(f.Active)
	if in.Assignment.Null {
		f.Assignment = FormAssignment{Rule: ToNobody}
	}
	return f
}

// DeleteForm closes a form for good. What was sent in stays with the customers.
func DeleteForm(ctx context.Context, tx *tenant.Tx, id FormID, version int64) error {
	f, err := lockForm(ctx, tx, id, version)
	if err != nil {
		return err
	}
	if err := countOpen(ctx, tx, f.Active, false); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.forms SET active = 0, deleted_at = ?, updated_at = ?, version = version + 1 WHERE id = ?`, tx.Now, tx.Now, id); err != nil {
		return err
	}
	return emitForm(ctx, tx, "form.deleted", f, nil)
}

func emitForm(ctx context.Context, tx *tenant.Tx, kind string, f Form, previous map[string]any) error {
	return tx.Emit(ctx, tenant.Event{Type: kind, Resource: "form", Record: tenant.RecordID(f.ID), Data: f, Previous: previous})
}
