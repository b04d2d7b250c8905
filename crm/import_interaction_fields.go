package crm

import (
	"strconv"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

func interactionFields() []importField {
	return []importField{
		{key: "customer", zh: "客户", en: "Customer", value: valueOf(func(_ *rowParser, i *Interaction, cell string) error {
			i.CustomerName = cell
			return nil
		}, func(_ *exportWords, i *Interaction) string { return i.CustomerName }), synonyms: customerHeadings},
		{key: "kind", zh: "沟通方式", en: "Kind", value: wordAt(interactionKindNames, interactionKindWords, "the kind", func(i *Interaction) *string { return &i.Kind }),
			synonyms: []string{"方式", "跟进方式", "联系方式", "沟通类型", "跟进类型", "类型", "activity type", "type", "channel"}},
		{key: "direction", zh: "方向", en: "Direction", value: wordAt(directionNames, directionWords, "the direction", func(i *Interaction) *string { return &i.Direction }),
			synonyms: []string{"呼叫方向", "call direction"}},
		{key: "occurred_at", zh: "沟通时间", en: "When", kind: sheet.DateCell, value: valueOf(readOccurred, func(w *exportWords, i *Interaction) string { return w.local(&i.OccurredAt) }),
			synonyms: []string{"时间", "日期", "跟进时间", "跟进日期", "沟通日期", "联系时间", "拜访时间", "拜访日期", "date", "time", "occurred at", "activity date", "call date", "meeting date"}},
		{key: "author", zh: "记录人", en: "Author", value: memberAt(func(i *Interaction) *tenant.MemberID { return &i.AuthorID }),
			synonyms: []string{"跟进人", "负责人", "销售", "销售员", "创建人", "沟通人", "logged by", "owner", "sales rep", "salesperson", "author email"}},
		{key: "contacts", zh: "联系人", en: "Contacts", joins: ",", value: valueOf(readParticipants, showParticipants),
			synonyms: []string{"参与人", "客户联系人", "联系人姓名", "拜访对象", "contact", "contact name", "attendees", "participants", "people"}},
		{key: "summary", zh: "沟通内容", en: "Summary", joins: "\n", value: textOf(10_000, func(i *Interaction) *string { return &i.Summary }),
			synonyms: []string{"内容", "跟进内容", "跟进记录", "沟通记录", "拜访内容", "摘要", "notes", "note", "description", "comment", "comments", "subject", "content"},
			near:     []string{"备注", "remark", "remarks"}},
		{key: "outcome", zh: "结果", en: "Result", value: valueOf(readOutcome, func(w *exportWords, i *Interaction) string { return w.say(outcomeNames[i.Outcome]) }),
			synonyms: []string{"沟通结果", "通话结果", "跟进结果", "outcome", "call result"}},
		{key: "minutes", zh: "时长（分钟）", en: "Minutes", kind: sheet.NumberCell, value: valueOf(readMinutes, showMinutes), synonyms: []string{"时长", "通话时长", "duration", "duration minutes"}},
		{key: "place", zh: "地点", en: "Place", value: textOf(maxPlace, func(i *Interaction) *string { return &i.Place }), synonyms: []string{"拜访地点", "会议地点", "地址", "location", "address"}},
		{key: "resolved", zh: "是否解决", en: "Resolved", value: valueOf(func(_ *rowParser, i *Interaction, cell string) (err error) {
			i.Resolved, err = yesOrNo(cell)
			return err
		}, func(w *exportWords, i *Interaction) string { return w.yesOrNo(i.Resolved) }), synonyms: []string{"已解决", "是否已解决", "solved"}},
		{key: "next_step", zh: "下一步", en: "Next step", value: textOf(maxTitle, func(i *Interaction) *string { return &i.NextStep }),
			synonyms: []string{"下一步计划", "下步计划", "后续计划", "跟进计划", "next action", "next steps", "follow up"}},
		{key: "next_step_due", zh: "下次跟进时间", en: "Next step due", kind: sheet.DateCell, value: valueOf(readNextStepDue, showNextStepDue),
			synonyms: []string{"下一步时间", "下一步日期", "下次联系时间", "下次跟进日期", "下次跟进", "next step date", "next contact date", "follow up date", "next follow up"}},
	}
}

var (
	interactionKindNames = map[string]phrase{
		"call": {"电话", "Call"}, "email": {"邮件", "E-mail"}, "wechat": {"微信", "WeChat"}, "sms": {"短信", "SMS"},
		"meeting": {"会议", "Meeting"}, "visit": {"拜访", "Visit"}, "note": {"备注", "Note"},
	}
	// interactionKindWords are what else files say, folded.
	interactionKindWords = map[string]string{
		"打电话": "call", "通话": "call", "电话沟通": "call", "电话拜访": "call", "去电": "call", "来电": "call", "phone": "call", "phone call": "call", "telephone": "call",
		"电子邮件": "email", "邮箱": "email", "mail": "email", "企业微信": "wechat", "微信沟通": "wechat", "weixin": "wechat", "text": "sms", "text message": "sms",
		"开会": "meeting", "线上会议": "meeting", "视频会议": "meeting", "会面": "meeting", "面谈": "meeting", "video call": "meeting",
		"上门": "visit", "上门拜访": "visit", "实地拜访": "visit", "客户拜访": "visit", "site visit": "visit", "笔记": "note", "记录": "note", "其他": "note", "other": "note",
	}
	directionNames = map[string]phrase{"in": {"客户联系我们", "In"}, "out": {"我们联系客户", "Out"}, "none": {"无", "None"}}
	directionWords = map[string]string{
		"呼入": "in", "来电": "in", "inbound": "in", "incoming": "in", "呼出": "out", "去电": "out", "外呼": "out", "outbound": "out", "outgoing": "out",
	}
	outcomeNames = map[string]phrase{
		"connected": {"已接通", "Connected"}, "no_answer": {"无人接听", "No answer"}, "busy": {"占线", "Busy"}, "voicemail": {"语音留言", "Voicemail"},
		"refused": {"拒接", "Refused"}, "wrong_number": {"空号或错号", "Wrong number"},
	}
	outcomeWords = map[string]string{
		"接通": "connected", "已接": "connected", "answered": "connected", "未接": "no_answer", "未接通": "no_answer", "未接听": "no_answer", "not answered": "no_answer",
		"忙": "busy", "忙线": "busy", "留言": "voicemail", "left voicemail": "voicemail", "挂断": "refused", "空号": "wrong_number", "错号": "wrong_number",
	}
)

func readOccurred(p *rowParser, i *Interaction, cell string) (err error) {
	i.OccurredAt, err = p.time(cell)
	return err
}

func readParticipants(_ *rowParser, i *Interaction, cell string) error {
	for _, name := range listed(cell) {
		if err := fits(trimSpaces(name), 200); err != nil {
			return err
		}
		i.Contacts = append(i.Contacts, trimSpaces(name))
	}
	if len(i.Contacts) > maxParticipants {
		return badValue("too_many", "the row names %d people; at most %d are kept", len(i.Contacts), maxParticipants)
	}
	return nil
}

func showParticipants(_ *exportWords, i *Interaction) string { return strings.Join(i.Contacts, ", ") }

// readOutcome takes what became of a call. Other results are told in the summary, below what was said.
func readOutcome(_ *rowParser, i *Interaction, cell string) error {
	if word := wordOf(outcomeNames, outcomeWords, cell); word != "" && i.Kind == "call" {
		i.Outcome = word
		return nil
	}
	text := strings.TrimPrefix(i.Summary+"\n"+cell, "\n")
	if err := fits(text, 10_000); err != nil {
		return err
	}
	i.Summary = text
	return nil
}

func readMinutes(_ *rowParser, i *Interaction, cell string) error {
	n, err := sheet.ParseAmount(cell, "", 0)
	if err != nil || n < 0 || n > maxMinutes {
		return badValue("bad_number", "the duration is not a whole number of minutes up to a week; write it like 12")
	}
	minutes := int(n)
	i.Minutes = &minutes
	return nil
}

func showMinutes(_ *exportWords, i *Interaction) string {
	if i.Minutes == nil {
		return ""
	}
	return strconv.Itoa(*i.Minutes)
}

func readNextStepDue(p *rowParser, i *Interaction, cell string) error {
	i.NextTask = &Task{}
	return readDue(p, i.NextTask, cell)
}

func showNextStepDue(w *exportWords, i *Interaction) string {
	if i.NextTask == nil {
		return ""
	}
	return showDue(w, i.NextTask)
}
