# Completes verbs, options, choices and files. $_shopcore_table has a line for each verb: noun, name, arguments, options
# and summary, parted by colons; $_shopcore_everywhere has the options of all of them.

# Appends to $specs what _arguments wants to hear about options.
_shopcore_specs() # OPTION…
{
	local option value
	for option in $@; do
		value=${option#*=}
		case $option in
		*=FILE) specs+=("${option%%=*}=:file:_files") ;;
		*=*\|*) specs+=("${option%%=*}=:choice:(${value//|/ })") ;;
		*=*) specs+=("${option%%=*}=:${(L)value}: ") ;;
		*) specs+=("$option") ;;
		esac
	done
}

# The rest of a line, whose words begin with the noun.
_shopcore_rest()
{
	local row argument
	local -a fields names specs
	for row in ${(f)_shopcore_table}; do
		fields=("${(@s.:.)row}")
		[[ $fields[1] == $words[1] && -n $fields[2] ]] && names+=("$fields[2]:${(j.:.)fields[5,-1]}")
	done
	if (($#names > 0)); then
		((CURRENT == 2)) && { _describe verb names; return }
		shift words
		((CURRENT--))
	fi
	for row in ${(f)_shopcore_table}; do
		fields=("${(@s.:.)row}")
		(($#names > 0)) && [[ $fields[2] != $words[1] ]] && continue
		(($#names == 0)) && [[ $fields[1] != $words[1] ]] && continue
		for argument in ${=fields[3]}; do
			case $argument in
			*FILE*) specs+=(':file:_files') ;;
			*...) specs+=("*:${(L)argument%...}: ") ;;
			\[*) specs+=("::${(L)argument//[][]/}: ") ;;
			*) specs+=(":${(L)argument}: ") ;;
			esac
		done
		_shopcore_specs ${=fields[4]}
		break
	done
	_shopcore_specs ${=_shopcore_everywhere}
	_arguments $specs
}

_shopcore()
{
	local curcontext=$curcontext state row
	local -a specs nouns fields
	local -A opt_args
	_shopcore_specs ${=_shopcore_everywhere}
	_arguments -C $specs '1:noun:->noun' '*::rest:->rest'
	case $state in
	noun)
		for row in ${(f)_shopcore_table}; do
			fields=("${(@s.:.)row}")
			nouns+=("$fields[1]${fields[2]:+: }${${fields[2]:-:${(j.:.)fields[5,-1]}}}")
		done
		_describe noun nouns
		;;
	rest) _shopcore_rest ;;
	esac
}
_shopcore "$@"
