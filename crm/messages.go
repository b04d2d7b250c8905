package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Message is an event in words, for people.
type Message struct {
	// Title is one line, Lines what stands below it. Texts of customers stand in them as they are; every
	// channel escapes for itself.
	Title string
	Lines []string
	// Link is the path of the page to open.
	Link string
}

func (m Message) text() string { return strings.Join(m.Lines, "\n") }

// words are the texts of one language.
type words struct {
	stages                                            map[string]string
	taskDue, taskAssigned, taskDone, silent, silentOf string
	handed, shared                                    string
	moved, owner, reason, dueAt, days, more           string
	surveyTitle, imported, importCounts, endpointOff  string
}

var vocabulary = map[string]words{
	"zh-CN": {
		stages:  map[string]string{Potential: "潜在", Interested: "意向", Won: "成交", Lost: "流失"},
		taskDue: "任务到期：%s", taskAssigned: "新任务：%s", taskDone: "任务已完成：%s", silent: "%d 个客户久未联系", silentOf: "%s 的 %d 个客户久未联系",
		handed: "客户转交给你：%s", shared: "客户共享给你：%s", moved: "%s：%s → %s", owner: "负责人：%s", reason: "原因：%s", dueAt: "截止：%s",
		days: "%s：%d 天", more: "还有 %d 个", surveyTitle: "满意度调查：%s", imported: "导入完成：%s",
		importCounts: "新建 %d，更新 %d，重复 %d，拒绝 %d", endpointOff: "已停用：%s",
	},
	"en": {
		stages:  map[string]string{Potential: "Potential", Interested: "Interested", Won: "Won", Lost: "Lost"},
		taskDue: "Task due: %s", taskAssigned: "New task: %s", taskDone: "Task done: %s", silent: "Quiet customers: %d", silentOf: "Quiet customers of %s: %d",
		handed: "Customer handed to you: %s", shared: "Customer shared with you: %s", moved: "%s: %s → %s", owner: "Owner: %s", reason: "Reason: %s", dueAt: "Due: %s",
		days: "%s: days without contact: %d", more: "%d more", surveyTitle: "Satisfaction survey: %s", imported: "Import finished: %s",
		importCounts: "%d created, %d updated, %d duplicates, %d rejected", endpointOff: "Disabled: %s",
	},
}

func wordsFor(locale string) words {
	if w, ok := vocabulary[locale]; ok {
		return w
	}
	return vocabulary["en"]
}

// Describe puts an event into words of a language, which is English for one that is not known. ok is false for
// events that nobody needs to be told of.
func Describe(ctx context.Context, q *tenant.Query, c tenant.Change, locale string) (m Message, ok bool, err error) {
	m, ok, err = describe(ctx, q, c, wordsFor(locale))
	// Names and reasons may hold line breaks; in a message they must not look like lines of ours.
	m.Title = oneLine(m.Title)
	for i := range m.Lines {
		m.Lines[i] = oneLine(m.Lines[i])
	}
	return m, ok, err
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

func describe(ctx context.Context, q *tenant.Query, c tenant.Change, w words) (Message, bool, error) {
	switch c.Type {
	case "task.due":
		return describeTask(q, c, w, w.taskDue)
	case "task.created", "task.updated":
		return describeTask(q, c, w, w.taskAssigned)
	case "task.completed":
		return describeTask(q, c, w, w.taskDone)
	case "customer.updated":
		var customer Customer
		err := json.Unmarshal(c.Data, &customer)
		return Message{Title: fmt.Sprintf(w.handed, customer.Name), Link: "/customers/" + customer.ID.String()}, c.OwnerAfter != c.OwnerBefore, err
	case "customer.shared":
		var sharing CollaboratorChange
		err := json.Unmarshal(c.Data, &sharing)
		return Message{Title: fmt.Sprintf(w.shared, sharing.CustomerName), Link: "/customers/" + sharing.CustomerID.String()}, true, err
	case "customer.lifecycle_changed":
		return describeMove(ctx, q, c, w)
	case "customer.silent":
		return describeSilent(ctx, q, c, w, false)
	case "customer.silent_escalated":
		return describeSilent(ctx, q, c, w, true)
	case "import.finished":
		return describeImport(c, w)
	case "webhook_endpoint.disabled", "plugin.disabled":
		var target struct {
			Name   string `json:"name"`
			URL    string `json:"url"`
			Reason string `json:"reason"`
		}
		err := json.Unmarshal(c.Data, &target)
		return Message{Title: fmt.Sprintf(w.endpointOff, target.Name+target.URL), Lines: []string{target.Reason}, Link: "/settings/integrations"}, true, err
	}
	return Message{}, false, nil
}

func describeTask(q *tenant.Query, c tenant.Change, w words, title string) (Message, bool, error) {
	var t Task
	if err := json.Unmarshal(c.Data, &t); err != nil {
		return Message{}, false, err
	}
	m := Message{Title: fmt.Sprintf(title, t.Title), Link: "/tasks/" + t.ID.String()}
	switch {
	case t.DueOn != nil:
		m.Lines = append(m.Lines, fmt.Sprintf(w.dueAt, string(*t.DueOn)))
	case t.DueAt != nil:
		m.Lines = append(m.Lines, fmt.Sprintf(w.dueAt, t.DueAt.In(q.Company.Location()).Format("2006-01-02 15:04")))
	}
	return m, true, nil
}

func describeMove(ctx context.Context, q *tenant.Query, c tenant.Change, w words) (Message, bool, error) {
	var after Customer
	var before struct {
		Lifecycle string `json:"lifecycle"`
	}
	if err := json.Unmarshal(c.Data, &after); err != nil {
		return Message{}, false, err
	}
	if err := json.Unmarshal(c.Previous, &before); err != nil {
		return Message{}, false, err
	}
	m := Message{
		Title: fmt.Sprintf(w.moved, after.Name, w.stages[before.Lifecycle], w.stages[after.Lifecycle]),
		Link:  "/customers/" + after.ID.String(),
	}
	owner, err := memberName(ctx, q, after.OwnerID)
	if err != nil {
		return Message{}, false, err
	}
	if owner != "" {
		m.Lines = append(m.Lines, fmt.Sprintf(w.owner, owner))
	}
	if after.LostReason != "" {
		m.Lines = append(m.Lines, fmt.Sprintf(w.reason, after.LostReason))
	}
	return m, true, nil
}

// memberName returns the name, or nothing for nobody.
func memberName(ctx context.Context, q *tenant.Query, id tenant.MemberID) (string, error) {
	member, err := tenant.GetMember(ctx, q, id)
	if errors.Is(err, tenant.ErrNotFound) {
		return "", nil
	}
	return member.Name, err
}

func describeSilent(ctx context.Context, q *tenant.Query, c tenant.Change, w words, escalated bool) (Message, bool, error) {
	var data SilentCustomers
	if err := json.Unmarshal(c.Data, &data); err != nil {
		return Message{}, false, err
	}
	m := Message{Title: fmt.Sprintf(w.silent, data.Count), Link: "/customers?view=quiet"}
	if escalated {
		owner, err := memberName(ctx, q, data.OwnerID)
		if err != nil {
			return Message{}, false, err
		}
		m.Title = fmt.Sprintf(w.silentOf, owner, data.Count)
	}
	const shown = 10
	for _, customer := range data.Customers[:min(len(data.Customers), shown)] {
		m.Lines = append(m.Lines, fmt.Sprintf(w.days, customer.Name, customer.Days))
	}
	if rest := data.Count - shown; rest > 0 {
		m.Lines = append(m.Lines, fmt.Sprintf(w.more, rest))
	}
	return m, true, nil
}

// ImportSummary is what the event import.finished carries.
type ImportSummary struct {
	ID         string `json:"id"`
	FileName   string `json:"file_name"`
	Status     string `json:"status"`
	Created    int    `json:"created"`
	Updated    int    `json:"updated"`
	Duplicates int    `json:"duplicates"`
	Rejected   int    `json:"rejected"`
}

func describeImport(c tenant.Change, w words) (Message, bool, error) {
	var s ImportSummary
	if err := json.Unmarshal(c.Data, &s); err != nil {
		return Message{}, false, err
	}
	return Message{
		Title: fmt.Sprintf(w.imported, s.FileName), Link: "/imports/" + s.ID,
		Lines: []string{fmt.Sprintf(w.importCounts, s.Created, s.Updated, s.Duplicates, s.Rejected)},
	}, true, nil
}
