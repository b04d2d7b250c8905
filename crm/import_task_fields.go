package crm

import (
	"time"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

func taskFields() []importField {
	return []importField{
		{key: "title", zh: "任务", en: "Title", value: textOf(maxTitle, func(t *Task) *string { return &t.Title }),
			synonyms: []string{"任务名称", "任务标题", "标题", "主题", "待办", "待办事项", "事项", "task", "task name", "subject", "to do", "todo"}},
		{key: "customer", zh: "客户", en: "Customer", value: customerCalled((*Task).carded), synonyms: customerHeadings},
		{key: "assignee", zh: "负责人", en: "Assignee", value: memberAt(func(t *Task) *tenant.MemberID { return &t.AssigneeID }),
			synonyms: []string{"执行人", "跟进人", "指派给", "责任人", "assigned to", "assignee email", "owner", "responsible"}},
		{key: "due_at", zh: "截止时间", en: "Due", kind: sheet.DateCell, value: valueOf(readDue, showDue),
			synonyms: []string{"截止日期", "到期时间", "到期日期", "到期日", "完成期限", "计划时间", "due date", "due at", "due on", "deadline", "end date"}},
		{key: "priority", zh: "优先级", en: "Priority", value: wordAt(priorityNames, nil, "the priority", func(t *Task) *string { return &t.Priority }),
			synonyms: []string{"紧急程度", "重要程度", "importance", "urgency"}},
		{key: "status", zh: "状态", en: "Status", value: wordAt(taskStatusNames, taskStatusWords, "the state", func(t *Task) *string { return &t.Status }),
			synonyms: []string{"任务状态", "是否完成", "完成情况", "task status", "done"}},
		{key: "completed_at", zh: "完成时间", en: "Completed", kind: sheet.DateCell, value: timeAt(func(t *Task) **time.Time { return &t.CompletedAt }),
			synonyms: []string{"完成日期", "实际完成时间", "completed at", "completed on", "completion date", "date completed"}},
		{key: "kind", zh: "类型", en: "Kind", value: wordAt(taskKindNames, nil, "the kind", func(t *Task) *string { return &t.Kind }),
			synonyms: []string{"任务类型", "task type", "type"}},
		{key: "note", zh: "备注", en: "Note", joins: "\n", value: textOf(10_000, func(t *Task) *string { return &t.Note }),
			synonyms: []string{"说明", "描述", "内容", "任务内容", "notes", "remark", "remarks", "comment", "comments", "description", "memo"}},
		{key: "created_at", zh: "创建时间", en: "Created", kind: sheet.DateCell, value: valueOf(func(p *rowParser, t *Task, cell string) error { return p.readPast(&t.CreatedAt, cell) },
			func(w *exportWords, t *Task) string { return w.local(&t.CreatedAt) }),
			synonyms: []string{"创建日期", "录入时间", "created at", "created on", "date created", "create date"}},
	}
}

var (
	priorityNames   = map[string]phrase{"low": {"低", "Low"}, "normal": {"普通", "Normal"}, "high": {"高", "High"}}
	taskKindNames   = map[string]phrase{"todo": {"待办", "To-do"}, "follow_up": {"跟进", "Follow-up"}, "survey": {"满意度调查", "Satisfaction survey"}}
	taskStatusNames = map[string]phrase{taskOpen: {"未完成", "Open"}, taskDone: {"已完成", "Done"}, taskCancelled: {"已取消", "Cancelled"}}
	// taskStatusWords are what else files say, folded.
	taskStatusWords = map[string]string{
		"进行中": taskOpen, "待办": taskOpen, "待处理": taskOpen, "未开始": taskOpen, "否": taskOpen, "no": taskOpen, "false": taskOpen, "0": taskOpen,
		"not started": taskOpen, "in progress": taskOpen, "pending": taskOpen, "to do": taskOpen,
		"完成": taskDone, "已办": taskDone, "是": taskDone, "yes": taskDone, "true": taskDone, "1": taskDone, "x": taskDone, "✓": taskDone, "√": taskDone,
		"completed": taskDone, "complete": taskDone, "finished": taskDone, "取消": taskCancelled, "canceled": taskCancelled,
	}
)

// readDue takes a time, or a day by whose end the task is due.
func readDue(p *rowParser, t *Task, cell string) error {
	date, err := p.date(cell)
	if err != nil {
		return err
	}
	t.DueAt, t.DueOn = nil, nil
	if date.DateOnly {
		day, err := keepableDay(date.Time)
		t.DueOn = &day
		return err
	}
	at := date.Time.UTC()
	t.DueAt = &at
	return nil
}

func showDue(w *exportWords, t *Task) string {
	if t.DueOn != nil {
		return string(*t.DueOn)
	}
	return w.local(t.DueAt)
}
