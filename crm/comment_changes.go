package crm

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// NewComment is what a comment is made of.
type NewComment struct {
	ID     *CommentID `json:"id,omitempty" doc:"An id made by the client, for commenting offline; it may be used once."`
	Record RecordRef  `json:"record_id" doc:"The record to comment on, of any kind that takes comments." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Body   string     `json:"body" minLength:"1" maxLength:"10000" doc:"The text; <@usr_…> mentions a member, who is told of it and has to be able to see the record." example:"<@usr_01h455vb4pex5vsknk084sn02q> 合同谁跟？"`
}

// CommentPatch changes a comment's text.
type CommentPatch struct {
	Body string `json:"body" minLength:"1" maxLength:"10000" doc:"The new text." example:"合同我跟。"`
}

const (
	maxComment  = 10_000
	maxMentions = 50
)

// CreateComment comments on a record within the caller's scope. Mentioning somebody opens nothing to them: one who cannot
// see the record is a mistake in body, as is one who is no active member. callerOf says what the members mentioned may.
func CreateComment(ctx context.Context, tx *tenant.Tx, in NewComment, callerOf CallerOf) (Comment, error) {
	record, err := lockRecord(ctx, tx, in.Record, "read")
	if isUnknown(err) {
		return Comment{}, tenant.Invalid("record_id", "unknown", "is not a record that you can see")
	}
	if err != nil {
		return Comment{}, err
	}
	c := Comment{
		ID: tenant.NewID[commentKind](), Record: in.Record, Body: in.Body, AuthorID: tx.Caller.Member, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if in.ID != nil && !in.ID.IsZero() {
		c.ID = *in.ID
	}
	if err := c.check(ctx, tx, nil, callerOf); err != nil {
		return Comment{}, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO company.comments (id, noun, record_id, body, mentions, author_id, version, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, c.ID, c.Record.Noun, c.Record.ID, c.Body, c.Mentions, c.AuthorID, c.Version, c.CreatedAt, c.UpdatedAt)
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return Comment{}, errIDInUse
	}
	if err != nil {
		return Comment{}, err
	}
	return c, c.tell(ctx, tx, "comment.created", record, nil)
}

// UpdateComment changes the text of one's own comment, or of one within the scope for changing comments. version, when
// not 0, must be the comment's, else ErrStale. Only who is mentioned anew is told.
func UpdateComment(ctx context.Context, tx *tenant.Tx, id CommentID, in CommentPatch, version int64, callerOf CallerOf) (Comment, error) {
	before, record, err := lockComment(ctx, tx, id, commentUpdate, version)
	if err != nil {
		return Comment{}, err
	}
	after := before
	after.Body = in.Body
	if err := after.check(ctx, tx, before.Mentions, callerOf); err != nil {
		return Comment{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.Exec(ctx, `UPDATE company.comments SET body = ?, mentions = ?, version = ?, updated_at = ? WHERE id = ?`,
		after.Body, after.Mentions, after.Version, after.UpdatedAt, id); err != nil {
		return Comment{}, err
	}
	return after, after.tell(ctx, tx, "comment.updated", record, previous)
}

// DeleteComment removes one's own comment, or one within the scope for deleting comments. It does not come back.
func DeleteComment(ctx context.Context, tx *tenant.Tx, id CommentID, version int64) error {
	c, record, err := lockComment(ctx, tx, id, commentDelete, version)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM company.comments WHERE id = ?`, id); err != nil {
		return err
	}
	return c.tell(ctx, tx, "comment.deleted", record, nil)
}

// lockComment returns a comment that the caller may change. One that they may only read is tenant.ErrDenied.
func lockComment(ctx context.Context, tx *tenant.Tx, id CommentID, p tenant.Permission, version int64) (Comment, Record, error) {
	c, record, err := findComment(ctx, tx.Query, id, "FOR UPDATE")
	switch {
	case err != nil:
	case !tx.Scope(p).Includes(c.AuthorID):
		err = fmt.Errorf("comment %s is somebody else's: %w", id, tenant.ErrDenied)
	case version != 0 && version != c.Version:
		err = fmt.Errorf("comment %s: %w", id, tenant.ErrStale)
	}
	return c, record, err
}

// tell emits an event of the comment. What is said at a private record is not in it.
func (c Comment) tell(ctx context.Context, tx *tenant.Tx, event string, record Record, previous map[string]any) error {
	c.RecordTitle = record.Title
	if record.Private {
		c.Body, c.RecordTitle = "", ""
		delete(previous, "body")
	}
	e := tenant.Event{Type: event, Resource: "comment", Record: tenant.RecordID(c.ID), OwnerBefore: record.Owner, OwnerAfter: record.Owner, Data: c}
	if previous != nil {
		e.Previous = previous
	}
	switch event {
	case "comment.created":
		e.OwnerBefore = tenant.MemberID{}
	case "comment.deleted":
		e.OwnerAfter = tenant.MemberID{}
	}
	return tx.Emit(ctx, e)
}

// check examines the text and finds who is mentioned in it; known were mentioned before.
func (c *Comment) check(ctx context.Context, tx *tenant.Tx, known []tenant.MemberID, callerOf CallerOf) error {
	invalid := &tenant.InvalidError{}
	checkRequired(invalid, "body", c.Body, maxComment)
	c.Mentions = mentionsIn(c.Body)
	if len(c.Mentions) > maxMentions {
		invalid.Add("body", "too_many", fmt.Sprintf("mentions more than %d members", maxMentions))
	}
	if err := invalid.Err(); err != nil {
		return err
	}
	var strangers []string
	for _, member := range c.Mentions {
		if member == c.AuthorID || slices.Contains(known, member) {
			continue
		}
		caller, err := callerOf(ctx, tx.Query, member)
		if errors.Is(err, tenant.ErrNotFound) {
			return tenant.Invalid("body", "unknown_member", "mentions somebody who is not an active member of this company")
		}
		if err != nil {
			return err
		}
		if _, err := FindRecord(ctx, tx.Query.As(caller), c.Record, "read"); errors.Is(err, tenant.ErrNotFound) {
			strangers = append(strangers, caller.Name)
		} else if err != nil {
			return err
		}
	}
	if len(strangers) > 0 {
		return tenant.Invalid("body", "cannot_see", "mentions "+strings.Join(strangers, ", ")+", who cannot see this record; share it with them first, or leave the mention out")
	}
	return nil
}

// mention is how a text names a member.
var mention = regexp.MustCompile(`<@(usr_[0-9a-z]{26})>`)

// mentionsIn returns who is mentioned in a text, each once.
func mentionsIn(body string) memberList {
	found := memberList{}
	for _, m := range mention.FindAllStringSubmatch(body, -1) {
		id, err := tenant.ParseMemberID(m[1])
		if err == nil && !slices.Contains(found, id) { // what only looks like an id is text
			found = append(found, id)
		}
	}
	return found
}
