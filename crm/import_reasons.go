package crm

import "strings"

// chineseReasons says what is wrong with a row, by the problem's code, for the file of rejected rows. The message
// of an [ImportProblem] says it in English, with the values of the row. What they say of customers 客户 holds for the
// other kinds of records too.
var chineseReasons = map[string]string{
	"required": "没有名称，新客户必须有", "key_empty": "用来查找客户的这一项是空的",
	"several_found": "有几个客户都是这个值，先合并，或换一项来查找", "not_found": "没有找到这个客户",
	"unknown_customer": "没有找到这家公司，请先导入公司或改正名称", "several_customers": "有几家公司同名，请先合并或改名",
	"exists_already": "已有这个客户", "repeats_line": "和前面某一行重复", "colleagues_record": "是同事的客户", "nothing_new": "没有新内容",
	"too_many_tags": "加上这批标签就超过 50 个了", "not_lost": "写了流失原因，但阶段不是流失",
	"unknown_owner": "没有这位成员，写姓名或邮箱", "ambiguous_owner": "有几位成员同名，请写邮箱",
	"owner_out_of_scope": "你不能把客户交给这位成员", "illegal_lifecycle_move": "不能从现在的阶段改到这个阶段",
	"bad_country": "不认识的国家，写名称或 CN 这样的代码", "circular": "是它自己或它的下级", "too_deep": "上面的公司层级太多",
	"too_long": "太长了，请缩短", "bad_number": "不是整数，写成 120 这样", "bad_currency": "不是币种代码，写成 CNY 这样",
	"bad_stage": "不认识的阶段，写潜在、意向、成交或流失", "bad_tags": "标签最多 50 个，每个最多 64 个字，用逗号隔开",
	"bad_choice": "写是或否", "unknown_word": "不认识这个词，请改成系统里的叫法", "bad_probability": "不是百分数，写成 60 这样",
	"unknown_pipeline": "没有这个销售流程", "unknown_stage": "这个销售流程里没有这个阶段", "several_stages": "几个销售流程都有这个阶段，请加一列写明流程",
	"missing": "这一项必填", "customer_missing": "没有写客户", "time_missing": "没有写时间", "not_done": "写了完成时间，但状态不是已完成",
	"do_not_contact": "客户不希望被联系，记录已照常保存", "invalid_choice": "和别的内容不符", "out_of_range": "超出允许的范围", "unknown": "没有这一项", "from_items": "由明细行决定，请改明细行", "bad_role": "不认识的角色", "bad_language": "不认识的语言，写成 zh-CN 或 en", "too_many": "太多了，请减少", "future_date": "创建时间在将来", "bad_date": "不是日期，写成 2026-03-01 这样",
	"not_a_number": "不是数字，写成 12.5 这样", "unknown_option": "不是可选的值，写选项的名称", "unknown_member": "没有这位成员，写姓名或邮箱", "ambiguous_member": "有几位成员同名，请写邮箱",
	"value_taken": "别的客户已有这个值，不能重复", "value_repeated": "和前面某一行的值重复", "too_short": "太短了，请补全",
	"too_precise": "小数位太多，请四舍五入", "archived": "这个选项已停用，换一个",
	"ambiguous_date": "分不清日和月，写成 2026-03-01 这样，或选择日期写法", "bad_amount": "不是金额，写成 12345.60 或 1.2万",
	"ambiguous_amount": "分不清是小数点还是千位分隔", "amount_too_big": "金额太大", "currency_mismatch": "金额里的币种和所选币种不一致",
	"bad_phone": "电话不对，写全区号，国外号码以 + 和国家代码开头", "phone_rounded": "号码被表格软件改成了科学计数，请按文本重填",
	"several_phones": "一格里有几个号码，留一个", "bad_email": "邮箱不对，写成 name@company.com",
	"too_many_fields": "这一行比标题多出几格", "too_few_fields": "这一行比标题少几格", "unclosed_quote": "引号没有结束，后面的行被并成了一格",
	"invalid_text": "有乱码，重新输入，或换一种编码", "nul_byte": "有看不见的坏字符，删掉重输", "error_cell": "单元格显示公式错误，改好公式或清空",
	"unclosed_card": "名片没有结束（缺 END:VCARD），可能不完整，请重新导出", "card_too_big": "名片太大，请缩短备注或减少号码和地址",
	"formula_without_result": "公式没有算出的值，用表格软件打开并保存一次", "invalid": "这里的写法不对",
}

// reasons says for each problem what is wrong, after the heading of its column.
func (r *ImportRow) reasons(w *exportWords, imp *Import) []string {
	reasons := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		reasons[i] = p.Message
		if text, ok := chineseReasons[p.Code]; ok && w.language == "zh-CN" {
			reasons[i] = strings.ReplaceAll(text, "客户", imp.noun().zh)
		}
		for _, c := range imp.Columns {
			if c.Key == p.Column && c.Heading != "" {
				reasons[i] = c.Heading + w.colon + reasons[i]
			}
		}
	}
	return reasons
}
