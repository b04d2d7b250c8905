package crm

import (
	"context"
	"encoding/json"

	"github.com/guanxi-crm/guanxi/tenant"
)

var jobNotices = []notice{
	{
		kind: "job.finished", label: phrase{"我的批量操作结束", "A change of many records of mine has ended"}, events: []string{"job.finished"}, when: longJobEnded,
		audience: toOwner, words: describeJob, channels: inAppOnly,
	},
}

// longJobEnded leaves out jobs that are over while one looks at them, and those that whoever started them has stopped.
func longJobEnded(c tenant.Change) bool {
	var j Job
	if err := json.Unmarshal(c.Data, &j); err != nil {
		return true // whoever words it finds the same
	}
	switch j.Status {
	case JobFinished:
		return j.Total > maxBulk
	case JobCancelled:
		return c.Actor != j.MemberID
	}
	return true
}

// jobEnds are what becomes of a job, jobKinds what it is about and jobPages where one sees what it has done.
var (
	jobEnds = map[string]phrase{
		JobFinished: {"批量操作完成：%s", "Change of many finished: %s"}, JobFailed: {"批量操作失败：%s", "Change of many failed: %s"},
		JobCancelled: {"批量操作被停止：%s", "Change of many was stopped: %s"},
	}
	jobKinds = map[string]phrase{
		"customers": {"客户", "customers"}, "contacts": {"联系人", "contacts"}, "deals": {"商机", "deals"}, "tasks": {"任务", "tasks"}, "trash": {"回收站", "trash"},
		"hand_over": {"工作交接", "hand-over"},
	}
	jobPages = map[string]string{"customers": "/customers", "contacts": "/contacts", "trash": "/customers", "deals": "/deals", "tasks": "/tasks", "hand_over": "/settings/members"}
)

func describeJob(_ context.Context, _ *tenant.Query, c tenant.Change, l language) (Message, error) {
	var j Job
	if err := json.Unmarshal(c.Data, &j); err != nil {
		return Message{}, err
	}
	m := Message{Title: l.say(jobEnds[j.Status], l.say(jobKinds[j.Kind])), Link: jobPages[j.Kind]}
	if j.Error != "" {
		m.add(j.Error)
	}
	m.add(l.say(phrase{"共 %d 条：已修改 %d，无需修改 %d，找不到 %d，拒绝 %d", "of %d: %d changed, %d so already, %d not found, %d refused"},
		j.Total, j.Changed, j.Unchanged, j.NotFound, j.Refused))
	return m, nil
}
