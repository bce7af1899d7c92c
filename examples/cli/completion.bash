# Completes verbs, options, choices and files. $_shopcore_table has a line for each verb: noun, name, arguments, options
# and summary, parted by colons; $_shopcore_everywhere has the options of all of them. Needs nothing but bash.

# What the value of an option is: FILE, choices parted by bars, or a name in capitals. Nothing for a flag.
_shopcore_value() # OPTION
{
	local noun name arguments options summary option
	while IFS=: read -r noun name arguments options summary; do
		for option in $options $_shopcore_everywhere; do
			[[ $option == "$1="* ]] && { echo "${option#*=}"; return; }
		done
	done <<<"$_shopcore_table"
}

# What may stand behind these words: choices, one a line, or the name of an argument.
_shopcore_word() # WORD…
{
	local noun name arguments options summary at
	local -a list
	(($# > 0)) || echo help
	while IFS=: read -r noun name arguments options summary; do
		if (($# == 0)); then
			echo "$noun"
		elif [[ $noun == "$1" && -n $name && $# -eq 1 ]]; then
			echo "$name"
		elif [[ $noun == "$1" && $name == "${name:+$2}" ]]; then
			list=($arguments)
			at=$(($# - (${#name} > 0 ? 2 : 1)))
			name=${list[at]-}
			echo "${name//[\[\].]/}"
		fi
	done <<<"$_shopcore_table" | sort -u
}

_shopcore_options() # WORD…
{
	local noun name arguments options summary option all=$_shopcore_everywhere
	while IFS=: read -r noun name arguments options summary; do
		[[ $noun == "${1-}" && $name == "${name:+${2-}}" ]] && all+=" $options"
	done <<<"$_shopcore_table"
	for option in $all; do
		echo "${option%%=*}"
	done
}

# bash parts words at "=" and ":", too: "--map=x" comes as three words, and so does "guest:t".
_shopcore()
{
	local current=${COMP_WORDS[COMP_CWORD]} pending='' choices word i
	local -a words=()
	COMPREPLY=()
	[[ $current == : || ${COMP_WORDS[COMP_CWORD - 1]} == : ]] && return
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == : ]]; then
			((i++))
		elif [[ -n $pending ]]; then
			[[ $word == = ]] || pending=''
		elif [[ $word == -* ]]; then
			[[ -n $(_shopcore_value "$word") ]] && pending=$word
		elif [[ $word != help || ${#words[@]} -gt 0 ]]; then
			words+=("$word")
		fi
	done
	[[ $current == = ]] && current=''
	if [[ -n $pending ]]; then
		choices=$(_shopcore_value "$pending")
	elif [[ $current == -* ]]; then
		choices=$(_shopcore_options "${words[@]}")
	else
		choices=$(_shopcore_word "${words[@]}")
	fi
	if [[ $choices == FILE ]]; then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
	elif [[ $choices != [A-Z]* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "${choices//|/ }" -- "$current")
	fi
}
complete -F _shopcore shopcore
