package tenant

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

type feedbackKind struct{}

func (feedbackKind) Prefix() string { return "fbk" }

// FeedbackID identifies a feedback (fbk_…).
type FeedbackID = ID[feedbackKind]

// NewFeedback is what somebody says about the product.
type NewFeedback struct {
	ID         *FeedbackID `json:"id,omitempty" doc:"An id made by the client, for sending it later; sent again it is kept once."`
	Kind       string      `json:"kind" enum:"idea,problem,praise" doc:"What it is." example:"idea"`
	Text       string      `json:"text" minLength:"1" maxLength:"5000" doc:"In the person's own words." example:"Sort tags by colour"`
	Rating     *int        `json:"rating,omitempty" minimum:"1" maximum:"5" doc:"How satisfied, 5 is best." example:"4"`
	Route      string      `json:"route,omitempty" maxLength:"300" doc:"Pattern of the page they were on, without ids." example:"/customers/[id]"`
	AppVersion string      `json:"app_version,omitempty" maxLength:"64" doc:"Version of the client." example:"0.1.0 web"`
	Locale     string      `json:"locale,omitempty" enum:"zh-CN,en" doc:"Language of the screen." example:"zh-CN"`
}

// Feedback is what somebody has said about the product.
type Feedback struct {
	ID         FeedbackID `db:"id" json:"id" doc:"The feedback."`
	CompanyID  CompanyID  `db:"company_id" json:"company_id" doc:"The company of who said it."`
	PersonID   MemberID   `db:"person_id" json:"person_id" doc:"Who said it."`
	Kind       string     `db:"kind" json:"kind" enum:"idea,problem,praise" doc:"What it is."`
	Text       string     `db:"text" json:"text" doc:"In the person's own words."`
	Rating     *int       `db:"rating" json:"rating" doc:"How satisfied, 1 to 5; null when they did not say."`
	Route      string     `db:"route" json:"route" doc:"The page they were on."`
	AppVersion string     `db:"app_version" json:"app_version" doc:"Version of the client."`
	Locale     string     `db:"locale" json:"locale" doc:"Language of the screen."`
	CreatedAt  time.Time  `db:"created_at" json:"created_at" doc:"When (UTC)."`
}

const feedbackColumns = `id, company_id, person_id, kind, text, rating, route, app_version, locale, created_at`

// AddFeedback keeps what the person has said. It returns *InvalidError for a text without words, and
// *ConflictError for an id that is somebody else's; a repeat by the same person changes nothing.
func AddFeedback(ctx context.Context, p *Platform, company CompanyID, person MemberID, in NewFeedback) (Feedback, error) {
	if strings.TrimSpace(in.Text) == "" || !utf8.ValidString(in.Text) {
		return Feedback{}, Invalid("text", "required", "is required")
	}
	f := Feedback{
		ID: NewID[feedbackKind](), CompanyID: company, PersonID: person, Kind: in.Kind, Text: strings.TrimSpace(in.Text), Rating: in.Rating,
		Route: in.Route, AppVersion: in.AppVersion, Locale: in.Locale, CreatedAt: p.Now(),
	}
	if in.ID != nil && !in.ID.IsZero() {
		f.ID = *in.ID
	}
	_, err := p.NamedExec(ctx, `INSERT INTO platform.feedback (`+feedbackColumns+`)
		VALUES (:id, :company_id, :person_id, :kind, :text, :rating, :route, :app_version, :locale, :created_at)`, f)
	var dup *DuplicateError
	if !errors.As(err, &dup) {
		return f, err
	}
	var kept Feedback
	if err := p.Get(ctx, &kept, `SELECT `+feedbackColumns+` FROM platform.feedback WHERE id = ?`, f.ID); err != nil {
		return Feedback{}, fmt.Errorf("feedback %s: %w", f.ID, err)
	}
	if kept.PersonID != person || kept.CompanyID != company {
		return Feedback{}, &ConflictError{Code: "id_in_use", Message: "A record with this id exists already."}
	}
	return kept, nil
}

// ListFeedback returns what was said since a moment, the latest first, at most limit.
func ListFeedback(ctx context.Context, p *Platform, since time.Time, limit int) ([]Feedback, error) {
	all := []Feedback{}
	err := p.Select(ctx, &all, `SELECT `+feedbackColumns+` FROM platform.feedback WHERE created_at >= ? ORDER BY created_at DESC, id DESC LIMIT ?`, since, limit)
	return all, err
}
