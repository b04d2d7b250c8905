package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

type tagKind struct{}

func (tagKind) Prefix() string { return "tag" }

// TagID identifies a tag (tag_…).
type TagID = tenant.ID[tagKind]

// Tag is a label for records.
type Tag struct {
	ID        TagID     `db:"id" json:"id" doc:"The tag's id."`
	Name      string    `db:"name" json:"name" doc:"What the tag is called; case and width do not tell tags apart." example:"vip"`
	Colour    string    `db:"colour" json:"colour" doc:"One of grey, red, orange, yellow, green, blue, purple." example:"blue"`
	Records   int       `db:"records" json:"records" doc:"How many records carry it."`
	CreatedAt time.Time `db:"created_at" json:"created_at" doc:"When the tag was made (UTC)."`
}

// NewTag is what a tag is made of.
type NewTag struct {
	Name   string `json:"name" minLength:"1" maxLength:"64" doc:"What the tag is called." example:"vip"`
	Colour string `json:"colour,omitempty" enum:"grey,red,orange,yellow,green,blue,purple" default:"grey" doc:"Colour of the label." example:"blue"`
}

// colours are what a tag can be shown in; those made on use are grey.
var colours = []string{defaultColour, "red", "orange", "yellow", "green", "blue", "purple"}

const defaultColour = "grey"

const tagColumns = `t.id, t.name, t.colour, t.created_at, (SELECT COUNT(*) FROM company.record_tags rt WHERE rt.tag_id = t.id) AS records`

// ListTags returns all tags of the company by name.
func ListTags(ctx context.Context, q *tenant.Query) ([]Tag, error) {
	all := []Tag{}
	err := q.Select(ctx, &all, `SELECT `+tagColumns+` FROM company.tags t ORDER BY t.name_key LIMIT 2000`)
	return all, err
}

// CreateTag adds a tag; one of that name is a *tenant.ConflictError.
func CreateTag(ctx context.Context, tx *tenant.Tx, in NewTag) (Tag, error) {
	invalid := &tenant.InvalidError{}
	names := cleanTags(invalid, "name", []string{in.Name})
	if in.Colour == "" {
		in.Colour = defaultColour
	}
	checkWord(invalid, "colour", in.Colour, colours)
	if err := invalid.Err(); err != nil {
		return Tag{}, err
	}
	t := Tag{ID: tenant.NewID[tagKind](), Name: names[0], Colour: in.Colour, CreatedAt: tx.Now}
	var dup *tenant.DuplicateError
	_, err := tx.Exec(ctx, `INSERT INTO company.tags (id, name, name_key, colour, created_at) VALUES (?, ?, ?, ?, ?)`,
		t.ID, t.Name, tagKey(t.Name), t.Colour, t.CreatedAt)
	if errors.As(err, &dup) {
		return Tag{}, &tenant.ConflictError{Code: "tag_exists", Message: "There is a tag of that name already."}
	}
	if err != nil {
		return Tag{}, err
	}
	return t, t.emit(ctx, tx, "tag.created")
}

// DeleteTag removes a tag from the company and from every record.
func DeleteTag(ctx context.Context, tx *tenant.Tx, id TagID) error {
	var t Tag
	if err := tx.Get(ctx, &t, `SELECT `+tagColumns+` FROM company.tags t WHERE t.id = ? FOR UPDATE`, id); err != nil {
		return fmt.Errorf("tag %s: %w", id, err)
	}
	if err := tx.MustChange(ctx, `DELETE FROM company.tags WHERE id = ?`, id); err != nil {
		return fmt.Errorf("tag %s: %w", id, err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM company.record_tags WHERE tag_id = ?`, id); err != nil {
		return err
	}
	return t.emit(ctx, tx, "tag.deleted")
}

func (t Tag) emit(ctx context.Context, tx *tenant.Tx, event string) error {
	return tx.Emit(ctx, tenant.Event{Type: event, Resource: "tag", Record: tenant.RecordID(t.ID), Data: t})
}
