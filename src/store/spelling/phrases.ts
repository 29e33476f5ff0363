/**
 * The phrases that have a sign of their own in the spelling: beginnings of lines of Notion's JSON, as canonical
 * documents have them. The list is part of the format: its order gives the signs, so nothing in it ever changes.
 */

/** Bytes that canonical text never has, each the sign of one phrase: control characters, and what UTF-8 leaves out. */
export const phraseSigns: readonly number[] = [
  0x00, 0x0c, 0x0d, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d,
  0x1e, 0x1f, 0xc0, 0xc1, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff,
];

/** Phrases of one sign, in the order of {@link phraseSigns}. `↵` stands for the end of the line. */
const frequent = `
},↵
}↵
],↵
{↵
"id":·
"type":·
"name":·
"object": "user"↵
"annotations": {↵
"bold": false,↵
"code": false,↵
"color": "default",↵
"italic": false,↵
"strikethrough": false,↵
"underline": false↵
"href": null,↵
"plain_text":·
"text": {↵
"content":·
"link": null↵
"type": "text"↵
"archived": false,↵
"created_by": {↵
"created_time":·
"has_children": false,↵
"in_trash": false,↵
"last_edited_by": {↵
"last_edited_time":·
"object": "block",↵
"parent": {↵
"page_id":·
"type": "page_id"↵
"rich_text": [↵
`;

/** Phrases of two signs: {@link longPhrase}, then the place in this list. */
const others = `
]↵
[↵
{},↵
"Name": {↵
"archived": true,↵
"array": [↵
"avatar_url": null,↵
"avatar_url":·
"block_id":·
"blocks": [↵
"blocks": [],↵
"bold": true,↵
"bookmark": {↵
"bot": {↵
"bulleted_list_item": {↵
"callout": {↵
"caption": [↵
"caption": [],↵
"cells": [↵
"checkbox": false,↵
"checkbox": true,↵
"checked": false,↵
"checked": true,↵
"child_database": {↵
"child_page": {↵
"children": [↵
"children": [],↵
"code": true,↵
"code": {↵
"color": "blue",↵
"color": "brown",↵
"color": "default"↵
"color": "gray",↵
"color": "gray_background",↵
"color": "green",↵
"color": "orange",↵
"color": "pink",↵
"color": "purple",↵
"color": "red",↵
"color": "yellow",↵
"color":·
"column": {↵
"column_list": {},↵
"comments": [↵
"comments": [],↵
"cover": null,↵
"cover": {↵
"created_by": {},↵
"created_time": {},↵
"data_source": {↵
"data_source_id":·
"data_sources": [↵
"database": null,↵
"database": {↵
"database_id":·
"database_parent": {↵
"date": null,↵
"date": {↵
"date": {},↵
"description": [↵
"description": [],↵
"description": null,↵
"discussion_id":·
"divider": {},↵
"dual_property": {↵
"email": null,↵
"email":·
"embed": {↵
"emoji":·
"end": null,↵
"end":·
"equation": {↵
"expression":·
"external": {↵
"file": {↵
"file_upload_id":·
"files": [↵
"files": [],↵
"format": "number"↵
"format": 1,↵
"formula": {↵
"function":·
"gaps": [↵
"has_children": true,↵
"has_more": false,↵
"has_row_header": false,↵
"heading_1": {↵
"heading_2": {↵
"heading_3": {↵
"href":·
"icon": null,↵
"icon": null↵
"icon": {↵
"image": {↵
"in_trash": true,↵
"is_archived": false,↵
"is_inline": false,↵
"is_inline": true,↵
"is_locked": false,↵
"is_locked": true,↵
"is_toggleable": false,↵
"is_toggleable": true,↵
"italic": true,↵
"kind": "database"↵
"kind": "page",↵
"language": "javascript",↵
"language": "python",↵
"language":·
"last_edited_by": {},↵
"last_edited_time": {},↵
"link": {↵
"link_preview": {↵
"link_to_page": {↵
"list_start_index":·
"mention": {↵
"multi_select": [↵
"multi_select": [],↵
"multi_select": {↵
"number": null,↵
"number": {↵
"number":·
"numbered_list_item": {↵
"object": "comment",↵
"object": "data_source",↵
"object": "database",↵
"object": "page",↵
"object": "user",↵
"object": "view",↵
"object":·
"options": [↵
"page": {↵
"paragraph": {↵
"path":·
"pdf": {↵
"people": [↵
"people": [],↵
"person": {↵
"phone_number": null,↵
"phone_number":·
"properties": {↵
"property_id":·
"public_url": null,↵
"public_url":·
"quote": {↵
"relation": [↵
"relation": [],↵
"relation": {↵
"rich_text": []↵
"rich_text": [],↵
"rich_text": {},↵
"rollup": {↵
"rollup_property_id":·
"rollup_property_name":·
"relation_property_id":·
"relation_property_name":·
"select": null,↵
"select": {↵
"sha256":·
"single_property": {},↵
"size":·
"sorts": [],↵
"start":·
"status": null,↵
"status": {↵
"strikethrough": true,↵
"string": null,↵
"string":·
"synced_block": {↵
"synced_from": null↵
"synced_from": {↵
"synced_property_id":·
"synced_property_name":·
"table": {↵
"table_of_contents": {↵
"table_row": {↵
"table_width":·
"template": {↵
"templates": [],↵
"time_zone": null↵
"time_zone": null,↵
"title": [↵
"title": [],↵
"title": {},↵
"title": {↵
"title":·
"to_do": {↵
"toggle": {↵
"type": "array"↵
"type": "block_id"↵
"type": "bookmark"↵
"type": "bot"↵
"type": "bulleted_list_item"↵
"type": "callout"↵
"type": "checkbox"↵
"type": "child_database"↵
"type": "child_page"↵
"type": "code"↵
"type": "column"↵
"type": "column_list"↵
"type": "created_by"↵
"type": "created_time"↵
"type": "data_source_id"↵
"type": "database_id"↵
"type": "date"↵
"type": "divider"↵
"type": "email"↵
"type": "embed"↵
"type": "emoji"↵
"type": "equation"↵
"type": "external"↵
"type": "external",↵
"type": "file"↵
"type": "file",↵
"type": "files"↵
"type": "formula"↵
"type": "heading_1"↵
"type": "heading_2"↵
"type": "heading_3"↵
"type": "image"↵
"type": "last_edited_by"↵
"type": "last_edited_time"↵
"type": "link_to_page"↵
"type": "mention"↵
"type": "multi_select"↵
"type": "number"↵
"type": "numbered_list_item"↵
"type": "page"↵
"type": "paragraph"↵
"type": "people"↵
"type": "person"↵
"type": "pdf"↵
"type": "phone_number"↵
"type": "quote"↵
"type": "relation"↵
"type": "rich_text"↵
"type": "rollup"↵
"type": "select"↵
"type": "status"↵
"type": "string"↵
"type": "synced_block"↵
"type": "table"↵
"type": "table_row"↵
"type": "title"↵
"type": "to_do"↵
"type": "toggle"↵
"type": "unique_id"↵
"type": "url"↵
"type": "user",↵
"type": "video"↵
"type": "workspace",↵
"underline": true↵
"unique_id": {↵
"url": null,↵
"url":·
`;
// `·` is the blank after a colon: editors take blanks at the end of a line away.

/** Every phrase in the order of its sign: first those of one byte, then those of two. */
export const phrases: readonly string[] = [...listed(frequent), ...listed(others)];

function listed(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.replace('↵', '\n').replace('·', ' '));
}
