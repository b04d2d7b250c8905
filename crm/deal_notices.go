package crm

import (
	"context"
	"encoding/json"

	"github.com/guanxi-crm/guanxi/tenant"
)

var dealNotices = []notice{
	{
		kind: "deal.assigned", label: phrase{"商机交给我", "A deal is given to me"}, events: []string{"deal.created", "deal.updated"},
		when: changedHands, audience: toOwner, visible: ownerWithin(dealRead), words: describeDealHandOver, channels: everywhere,
	},
	{
		kind: "deal.won", label: phrase{"我的或下属的商机赢单", "A deal of mine or my team's is won"}, events: []string{"deal.won"},
		audience: toOwnerAndManager, visible: ownerWithin(dealRead), words: describeDealWin, channels: inAppOnly,
	},
}

func describeDealHandOver(ctx context.Context, q *tenant.Query, c tenant.Change, l language) (Message, error) {
	var deal Deal
	if err := json.Unmarshal(c.Data, &deal); err != nil {
		return Message{}, err
	}
	m := Message{Title: l.say(phrase{"商机交给你：%s", "Deal given to you: %s"}, deal.Name), Link: "/deals/" + deal.ID.String()}
	if q.Caller.Member == c.OwnerAfter {
		return m, nil
	}
	owner, err := memberName(ctx, q, c.OwnerAfter)
	m.Title = l.say(phrase{"商机交给%s：%s", "Deal given to %s: %s"}, owner, deal.Name)
	return m, err
}

func describeDealWin(ctx context.Context, q *tenant.Query, c tenant.Change, l language) (Message, error) {
	var deal Deal
	if err := json.Unmarshal(c.Data, &deal); err != nil {
		return Message{}, err
	}
	m := Message{Title: l.say(phrase{"赢单：%s", "Deal won: %s"}, deal.Name), Link: "/deals/" + deal.ID.String()}
	if deal.Amount != nil {
		m.add(l.say(phrase{"金额：%s", "Worth: %s"}, moneyText(*deal.Amount, deal.Currency)))
	}
	owner, err := memberName(ctx, q, deal.OwnerID)
	if owner != "" {
		m.add(l.say(phrase{"负责人：%s", "Owner: %s"}, owner))
	}
	return m, err
}
