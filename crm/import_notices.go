package crm

import (
	"context"
	"encoding/json"

	"github.com/guanxi-crm/guanxi/tenant"
)

var importNotices = []notice{
	{
		kind: "import.finished", label: phrase{"我的导入结束", "An import of mine has ended"}, events: []string{"import.finished", "import.undone"}, when: importEnded,
		audience: toOwner, words: describeImport, channels: inAppOnly,
	},
}

// ImportSummary is what the events import.finished and import.undone carry.
type ImportSummary struct {
	ID         string `json:"id"`
	Resource   string `json:"resource"`
	FileName   string `json:"file_name"`
	Status     string `json:"status"`
	Error      string `json:"error"`
	Created    int    `json:"created"`
	Updated    int    `json:"updated"`
	Duplicates int    `json:"duplicates"`
	Rejected   int    `json:"rejected"`
	Undone     int    `json:"undone"`
}

// importEnded leaves out imports that whoever started them has stopped.
func importEnded(c tenant.Change) bool {
	var s ImportSummary
	err := json.Unmarshal(c.Data, &s)
	return err != nil || s.Status != ImportCancelled || c.Actor != c.OwnerAfter
}

// importEnds are what becomes of an import.
var importEnds = map[string]phrase{
	ImportFinished: {"导入完成：%s", "Import finished: %s"}, ImportFailed: {"导入失败：%s", "Import failed: %s"},
	ImportCancelled: {"导入被停止：%s", "Import was stopped: %s"}, ImportUndone: {"导入已撤销：%s", "Import undone: %s"},
}

func describeImport(_ context.Context, _ *tenant.Query, c tenant.Change, l language) (Message, error) {
	var s ImportSummary
	if err := json.Unmarshal(c.Data, &s); err != nil {
		return Message{}, err
	}
	m := Message{Title: l.say(importEnds[s.Status], s.FileName), Link: "/imports/" + s.ID}
	if s.Error != "" {
		m.add(s.Error)
	}
	if s.Status == ImportUndone {
		m.add(l.say(phrase{"已撤回 %d 条", "%d records taken back"}, s.Undone))
		return m, nil
	}
	m.add(l.say(phrase{"新建 %d，更新 %d，重复 %d，拒绝 %d", "%d created, %d updated, %d duplicates, %d rejected"}, s.Created, s.Updated, s.Duplicates, s.Rejected))
	return m, nil
}
