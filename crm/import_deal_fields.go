package crm

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

func dealFields() []importField {
	return []importField{
		{key: "name", zh: "商机名称", en: "Name", value: textOf(200, func(d *Deal) *string { return &d.Name }),
			synonyms: []string{"商机", "商机标题", "项目", "项目名称", "销售机会", "机会名称", "deal", "deal name", "opportunity", "opportunity name", "opportunity id", "title"}},
		{key: "customer", zh: "客户", en: "Customer", value: customerCalled((*Deal).carded), synonyms: customerHeadings},
		{key: "pipeline", zh: "销售流程", en: "Pipeline", value: valueOf(readPipeline, func(w *exportWords, d *Deal) string { return w.pipelines[d.PipelineID] }),
			synonyms: []string{"流程", "销售管道", "sales pipeline"}},
		{key: "stage", zh: "阶段", en: "Stage", value: valueOf(readDealStage, func(w *exportWords, d *Deal) string { return w.dealStages[d.StageID] }),
			synonyms: []string{"销售阶段", "商机阶段", "deal stage", "sales stage", "pipeline stage"}},
		{key: "status", zh: "状态", en: "Status", value: wordAt(dealStatusNames, dealStatusWords, "the state", func(d *Deal) *string { return &d.Status }),
			synonyms: []string{"商机状态", "deal status"}},
		{key: "owner", zh: "负责人", en: "Owner", value: memberAt(func(d *Deal) *tenant.MemberID { return &d.OwnerID }),
			synonyms: []string{"销售", "销售员", "跟进人", "所有人", "owner email", "deal owner", "opportunity owner", "sales agent", "sales rep", "salesperson", "assigned to"}},
		{key: "currency", zh: "币种", en: "Currency", value: valueOf(readDealCurrency, func(_ *exportWords, d *Deal) string { return d.Currency }),
			synonyms: []string{"货币", "currency code"}},
		{key: "amount", zh: "金额", en: "Amount", kind: sheet.NumberCell, value: valueOf(readDealAmount, func(_ *exportWords, d *Deal) string { return moneyCell(d.Amount, d.Currency) }),
			synonyms: []string{"商机金额", "预计金额", "成交金额", "合同金额", "销售金额", "deal value", "value", "close value", "deal amount", "expected amount", "expected revenue"}},
		{key: "own_probability", zh: "赢率", en: "Probability", kind: sheet.NumberCell, value: valueOf(readProbability, showProbability),
			synonyms: []string{"成交概率", "概率", "可能性", "win probability"}},
		{key: "expected_close_on", zh: "预计成交日期", en: "Expected close", kind: sheet.DateCell, value: dayAt(func(d *Deal) **Date { return &d.ExpectedCloseOn }),
			synonyms: []string{"预计成交时间", "预计签单日期", "预计结束日期", "expected close date", "estimated close date", "expected closing"}},
		{key: "closed_at", zh: "结束时间", en: "Closed", kind: sheet.DateCell, value: timeAt(func(d *Deal) **time.Time { return &d.ClosedAt }),
			synonyms: []string{"成交日期", "成交时间", "签单日期", "签约日期", "关闭日期", "关闭时间", "close date", "closed date", "closed at", "closed on", "actual close date"}},
		{key: "lost_reason", zh: "输单原因", en: "Lost reason", value: textOf(500, func(d *Deal) *string { return &d.LostReason }),
			synonyms: []string{"丢单原因", "失败原因", "流失原因", "reason lost", "loss reason"}},
		{key: "source", zh: "来源", en: "Source", value: textOf(64, func(d *Deal) *string { return &d.Source }),
			synonyms: []string{"来源渠道", "商机来源", "渠道", "lead source", "channel"}},
		{key: "tags", zh: "标签", en: "Tags", joins: ",", value: valueOf(func(_ *rowParser, d *Deal, cell string) error { return addTags(&d.Tags, cell) },
			func(_ *exportWords, d *Deal) string { return strings.Join(d.Tags, ", ") }), synonyms: []string{"标记", "tag", "label", "labels"}},
		{key: "note", zh: "备注", en: "Note", joins: "\n", value: textOf(10_000, func(d *Deal) *string { return &d.Note }),
			synonyms: []string{"说明", "描述", "notes", "remark", "remarks", "comment", "comments", "description", "memo"}},
		{key: "created_at", zh: "创建时间", en: "Created", kind: sheet.DateCell, value: valueOf(func(p *rowParser, d *Deal, cell string) error { return p.readPast(&d.CreatedAt, cell) },
			func(w *exportWords, d *Deal) string { return w.local(&d.CreatedAt) }),
			synonyms: []string{"创建日期", "录入时间", "开始日期", "created at", "created on", "date created", "create date", "engage date", "start date"}},
		{key: "stage_since", zh: "进入阶段时间", en: "In stage since", kind: sheet.DateCell, value: valueOf(func(p *rowParser, d *Deal, cell string) error { return p.readPast(&d.StageSince, cell) },
			showStageSince), synonyms: []string{"stage since", "stage entered", "date entered stage"}},
	}
}

// salesBook is what rows call by name: pipelines with their stages, and reasons to lose.
type salesBook struct {
	pipelines []Pipeline
	reasons   map[string]LostReasonID
}

func learnSales(ctx context.Context, q *tenant.Query, p *rowParser) error {
	var err error
	if p.sales.pipelines, err = ListPipelines(ctx, q); err != nil {
		return err
	}
	reasons, err := ListLostReasons(ctx, q)
	p.sales.reasons = make(map[string]LostReasonID, len(reasons))
	for _, r := range reasons {
		p.sales.reasons[lostReasonKey(r.Name)] = r.ID
	}
	return err
}

func readPipeline(p *rowParser, d *Deal, cell string) error {
	for i := range p.sales.pipelines {
		if known := &p.sales.pipelines[i]; folded(known.Name) == folded(cell) {
			d.PipelineID = known.ID
			return nil
		}
	}
	return badValue("unknown_pipeline", "there is no pipeline of that name; write one of %s", p.sales.names(func(known *Pipeline) string { return known.Name }))
}

// readDealStage takes a stage of the deal's pipeline, or else of the only one that has a stage of that name. How deals end
// is understood in any pipeline.
func readDealStage(p *rowParser, d *Deal, cell string) error {
	var found []PipelineStage
	for i := range p.sales.pipelines {
		known := &p.sales.pipelines[i]
		own := d.PipelineID == known.ID || d.PipelineID.IsZero() && known.IsDefault
		stage, ok := known.stageCalled(cell)
		if status := wordOf(dealStatusNames, dealStatusWords, cell); !ok && own && status != "" && status != DealOpen {
			stage, ok = known.ending(status), true
		}
		switch {
		case ok && own:
			d.PipelineID, d.StageID = known.ID, stage.ID
			return nil
		case ok && d.PipelineID.IsZero():
			found = append(found, stage)
		}
	}
	switch len(found) {
	case 1:
		d.PipelineID, d.StageID = found[0].PipelineID, found[0].ID
		return nil
	case 0:
		return badValue("unknown_stage", "there is no stage of that name in the pipeline; write one of %s", p.sales.names(func(known *Pipeline) string {
			return strings.Join(known.stageNames(), ", ")
		}))
	}
	return badValue("several_stages", "several pipelines have a stage of that name; say which in a column for the pipeline")
}

// names lists something of every pipeline.
func (b *salesBook) names(of func(*Pipeline) string) string {
	all := make([]string, len(b.pipelines))
	for i := range b.pipelines {
		all[i] = of(&b.pipelines[i])
	}
	return strings.Join(all, ", ")
}

func (p *Pipeline) stageCalled(name string) (PipelineStage, bool) {
	for _, s := range p.all() {
		if folded(s.Name) == folded(name) {
			return s, true
		}
	}
	return PipelineStage{}, false
}

func (p *Pipeline) stageNames() []string {
	var names []string
	for _, s := range p.all() {
		names = append(names, s.Name)
	}
	return names
}

var (
	dealStatusNames = map[string]phrase{DealOpen: {"进行中", "Open"}, DealWon: {"赢单", "Won"}, DealLost: {"输单", "Lost"}}
	// dealStatusWords are what else files say, folded.
	dealStatusWords = map[string]string{
		"跟进中": DealOpen, "未关闭": DealOpen, "in progress": DealOpen, "active": DealOpen,
		"成交": DealWon, "已成交": DealWon, "赢": DealWon, "已赢单": DealWon, "成功": DealWon, "closed won": DealWon,
		"丢单": DealLost, "输": DealLost, "已输单": DealLost, "失败": DealLost, "流失": DealLost, "closed lost": DealLost,
	}
)

func readDealCurrency(p *rowParser, d *Deal, cell string) error {
	code, err := p.nameCurrency(cell)
	if err == nil {
		d.Currency = code
	}
	return err
}

func readDealAmount(p *rowParser, d *Deal, cell string) error {
	minor, code, err := p.money(cell, d.Currency)
	if err == nil {
		d.Amount, d.Currency = &minor, code
	}
	return err
}

// readProbability takes 60, 60% and 60.00%.
func readProbability(_ *rowParser, d *Deal, cell string) error {
	hundredths, err := sheet.ParseAmount(strings.TrimRight(cell, " %％"), "", 2)
	if err != nil || hundredths%100 != 0 {
		return badValue("bad_probability", "the probability is not a whole number of percent; write it like 60")
	}
	percent := int(hundredths / 100)
	d.OwnProbability = &percent
	return nil
}

func showProbability(_ *exportWords, d *Deal) string {
	if d.OwnProbability == nil {
		return ""
	}
	return strconv.Itoa(*d.OwnProbability)
}

// showStageSince is empty for closed deals, which are in their stage since they were closed.
func showStageSince(w *exportWords, d *Deal) string {
	if d.Status != DealOpen {
		return ""
	}
	return w.local(&d.StageSince)
}
