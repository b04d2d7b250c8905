package crm

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// pipelineWords name in one language what every company begins with.
type pipelineWords struct {
	pipeline, won, lost string
	stages, reasons     []string
}

var pipelineVocabulary = map[string]pipelineWords{
	"zh-CN": {
		pipeline: "销售流程", won: "赢单", lost: "输单", stages: []string{"初步接触", "需求确认", "方案报价", "商务谈判"},
		reasons: []string{"价格太高", "选择了竞争对手", "没有预算", "需求取消", "联系不上"},
	},
	"en": {
		pipeline: "Sales", won: "Won", lost: "Lost", stages: []string{"First contact", "Needs confirmed", "Proposal", "Negotiation"},
		reasons: []string{"Price", "Chose a competitor", "No budget", "No need any more", "Unreachable"},
	},
}

func pipelineWordsFor(locale string) pipelineWords {
	if w, ok := pipelineVocabulary[locale]; ok {
		return w
	}
	return pipelineVocabulary["en"]
}

// seedPipeline gives a new company its first pipeline and reasons to lose for, in its language.
func seedPipeline(ctx context.Context, tx *tenant.Tx) error {
	const rottingDays = 30
	words := pipelineWordsFor(tx.Company.Locale)
	in := NewPipeline{Name: words.pipeline, IsDefault: true}
	for i, probability := range []int{10, 25, 50, 75} {
		days := rottingDays
		in.Stages = append(in.Stages, NewStage{Name: words.stages[i], Probability: probability, RottingDays: &days})
	}
	if err := insertPipeline(ctx, tx, in.pipeline(tx)); err != nil {
		return err
	}
	for i, name := range words.reasons {
		if err := insertLostReason(ctx, tx, newLostReason(tx, name, i+1)); err != nil {
			return err
		}
	}
	return nil
}
