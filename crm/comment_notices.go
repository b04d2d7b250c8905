package crm

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

var commentNotices = []notice{
	{
		kind: "comment.mentioned", label: phrase{"评论里提到我", "I am mentioned in a comment"}, events: []string{"comment.created", "comment.updated"},
		audience: toMentioned, visible: commentedWithin, words: describeComment(phrase{"%s 在 %s 里提到你", "%s mentioned you at %s"}), channels: everywhere,
	},
	{
		kind: "comment.created", label: phrase{"我负责的记录有新评论", "Somebody comments on a record of mine"}, events: []string{"comment.created"},
		audience: toCommentedOwner, visible: commentedWithin, words: describeComment(phrase{"%s 评论了 %s", "%s commented on %s"}), channels: inAppOnly,
	},
}

// commentedWithin is for those who reach the record that the comment is on.
func commentedWithin(ctx context.Context, q *tenant.Query, c tenant.Change) (bool, error) {
	var comment Comment
	if err := json.Unmarshal(c.Data, &comment); err != nil {
		return false, err
	}
	return reaches(ctx, q, comment.Record)
}

// toMentioned tells who is mentioned and was not before.
func toMentioned(_ context.Context, _ *tenant.Query, c tenant.Change) ([]tenant.MemberID, error) {
	var comment Comment
	var before struct {
		Mentions *[]tenant.MemberID `json:"mentions"`
	}
	if err := json.Unmarshal(c.Data, &comment); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(c.Previous, &before); err != nil {
		return nil, err
	}
	known := []tenant.MemberID{c.Actor}
	switch {
	case before.Mentions != nil:
		known = append(known, *before.Mentions...)
	case c.Type == "comment.updated":
		known = append(known, comment.Mentions...) // the text changed, and not whom it mentions
	}
	return slices.DeleteFunc(comment.Mentions, func(m tenant.MemberID) bool { return slices.Contains(known, m) }), nil
}

// toCommentedOwner tells whose record it is, unless they have said it themselves or are told as mentioned.
func toCommentedOwner(_ context.Context, _ *tenant.Query, c tenant.Change) ([]tenant.MemberID, error) {
	var comment Comment
	if err := json.Unmarshal(c.Data, &comment); err != nil {
		return nil, err
	}
	if c.OwnerAfter.IsZero() || c.OwnerAfter == c.Actor || slices.Contains(comment.Mentions, c.OwnerAfter) {
		return nil, nil
	}
	return []tenant.MemberID{c.OwnerAfter}, nil
}

func describeComment(title phrase) func(context.Context, *tenant.Query, tenant.Change, language) (Message, error) {
	return func(ctx context.Context, q *tenant.Query, c tenant.Change, l language) (Message, error) {
		var comment Comment
		if err := json.Unmarshal(c.Data, &comment); err != nil {
			return Message{}, err
		}
		author, err := memberName(ctx, q, comment.AuthorID)
		if err != nil {
			return Message{}, err
		}
		if comment, err = comment.asReadBy(ctx, q); err != nil {
			return Message{}, err
		}
		if comment.isWithheld() {
			return Message{Title: l.say(title, author, l.say(privateEvent)), Link: comment.Record.link()}, nil
		}
		text, err := named(ctx, q, comment)
		if err != nil {
			return Message{}, err
		}
		m := Message{Title: l.say(title, author, comment.RecordTitle), Link: comment.Record.link()}
		m.add(search.Cut(text, 500))
		return m, nil
	}
}

// isWithheld reports whether the comment comes from an event that does not say what is in it.
func (c Comment) isWithheld() bool { return c.Body == "" }

// asReadBy returns the comment of an event as its reader may know it: what is said at something private is no secret to
// those who reach that.
func (c Comment) asReadBy(ctx context.Context, q *tenant.Query) (Comment, error) {
	if !c.isWithheld() {
		return c, nil
	}
	whole, record, err := findComment(ctx, q, c.ID, "")
	if errors.Is(err, tenant.ErrNotFound) {
		return c, nil
	}
	whole.RecordTitle = record.Title
	return whole, err
}

// named returns a comment's text with the members' names in it.
func named(ctx context.Context, q *tenant.Query, c Comment) (string, error) {
	names := map[string]string{}
	for _, member := range c.Mentions {
		name, err := memberName(ctx, q, member)
		if err != nil {
			return "", err
		}
		names["<@"+member.String()+">"] = "@" + name
	}
	return mention.ReplaceAllStringFunc(c.Body, func(token string) string {
		if name, ok := names[token]; ok {
			return name
		}
		return token
	}), nil
}
