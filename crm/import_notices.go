package crm

import (
	"context"
	"encoding/json"

	"github.com/guanxi-crm/guanxi/tenant"
)

var importNotices = []notice{
	{
		kind: "import.finished", label: phrase{"我的导入完成", "An import of mine is finished"}, events: []string{"import.finished"},
		audience: toOwner, words: describeImport, channels: inAppOnly,
	},
}

// ImportSummary is what the event import.finished carries.
type ImportSummary struct {
	ID         string `json:"id"`
	Resource   string `json:"resource"`
	FileName   string `json:"file_name"`
	Status     string `json:"status"`
	Created    int    `json:"created"`
	Updated    int    `json:"updated"`
	Duplicates int    `json:"duplicates"`
	Rejected   int    `json:"rejected"`
}

func describeImport(_ context.Context, _ *tenant.Query, c tenant.Change, l language) (Message, error) {
	var s ImportSummary
	if err := json.Unmarshal(c.Data, &s); err != nil {
		return Message{}, err
	}
	return Message{
		Title: l.say(phrase{"导入完成：%s", "Import finished: %s"}, s.FileName), Link: "/imports/" + s.ID,
		Lines: []string{l.say(phrase{"新建 %d，更新 %d，重复 %d，拒绝 %d", "%d created, %d updated, %d duplicates, %d rejected"},
			s.Created, s.Updated, s.Duplicates, s.Rejected)},
	}, nil
}
